//! The charts, as SVG.

use std::fmt::Write;

use passport_cost::requests::Route;

use crate::{growth::Growth, stacks::Subject, time::Timed};

const COLOURS: [&str; 6] = ["#2a6f97", "#61a5c2", "#c9ada7", "#bc4749", "#e09f3e", "#6a994e"];

/// Bars: what each adds to the bare route.
pub fn bars(subjects: &[Subject], shown: &[&str], added: impl Fn(&str, Route) -> Option<f64>) -> String {
    let routes = Route::ALL;
    let values = || routes.iter().flat_map(|route| shown.iter().filter_map(|key| added(key, *route)));
    let most = values().fold(1.0, f64::max);
    let (left, row, wide) = (110.0, 16.0, 560.0);
    let mut body = String::new();
    let mut y = 34.0;
    for route in routes {
        let _ =
            write!(body, r##"<text x="8" y="{:.0}" font-weight="bold">{}</text>"##, y + 12.0, route.name());
        for (key, colour) in shown.iter().zip(COLOURS) {
            let Some(value) = added(key, route) else { continue };
            let length = (value.max(0.0) / most * wide).max(1.0);
            let _ = write!(
                body,
                r##"<rect x="{left}" y="{y:.0}" width="{length:.1}" height="{:.0}" fill="{colour}"/><text x="{:.1}" y="{:.0}">{value:.0}</text>"##,
                row - 3.0,
                left + length + 4.0,
                y + 11.0
            );
            y += row;
        }
        y += 12.0;
    }
    for (key, colour) in shown.iter().zip(COLOURS) {
        let name = subjects.iter().find(|subject| subject.key == *key).map_or(*key, |subject| subject.name);
        let _ = write!(
            body,
            r##"<rect x="{left}" y="{y:.0}" width="10" height="10" fill="{colour}"/><text x="{:.0}" y="{:.0}">{}</text>"##,
            left + 16.0,
            y + 9.0,
            plain(name)
        );
        y += row;
    }
    page(730.0, y + 6.0, "Nanoseconds that a layer adds to a request", &body)
}

/// Four panels of lines.
pub fn lines(growths: &[Growth]) -> String {
    let mut body = String::new();
    for (at, growth) in growths.iter().enumerate() {
        let (x, y) = (50.0 + 360.0 * (at % 2) as f64, 50.0 + 270.0 * (at / 2) as f64);
        let points = || growth.lines.iter().flat_map(|line| line.points.iter().copied());
        let most = points().map(|point| point.1).fold(1.0, f64::max);
        let last = points().map(|point| point.0).fold(1.0, f64::max);
        let place = |(size, nanos): (f64, f64)| {
            let across = if last > 1.0 { size.ln() / last.ln() * 280.0 } else { 0.0 };
            (x + across, y + 160.0 - nanos.max(0.0) / most * 150.0)
        };
        let _ = write!(
            body,
            r##"<text x="{x}" y="{:.0}" font-weight="bold">{}</text><path d="M{x},{y} V{:.0} H{:.0}" stroke="#888" fill="none"/><text x="{:.0}" y="{:.0}">{most:.0} ns</text>"##,
            y - 14.0,
            growth.title,
            y + 160.0,
            x + 290.0,
            x + 4.0,
            y + 6.0,
        );
        if let Some(line) = growth.lines.first() {
            for point in &line.points {
                let _ = write!(
                    body,
                    r##"<text x="{:.0}" y="{:.0}" text-anchor="middle">{}</text>"##,
                    place(*point).0,
                    y + 174.0,
                    point.0
                );
            }
        }
        for (row, (line, colour)) in
            growth.lines.iter().zip(COLOURS.iter().step_by(2).chain([&COLOURS[1]])).enumerate()
        {
            let path: Vec<String> = line
                .points
                .iter()
                .map(|point| place(*point))
                .map(|(x, y)| format!("{x:.1},{y:.1}"))
                .collect();
            let _ = write!(
                body,
                r##"<polyline points="{}" stroke="{colour}" stroke-width="2" fill="none"/><text x="{x}" y="{:.0}" fill="{colour}">{}</text>"##,
                path.join(" "),
                y + 190.0 + 13.0 * row as f64,
                line.name
            );
        }
    }
    page(740.0, 560.0, "Added nanoseconds, as something grows (sizes on a logarithmic scale)", &body)
}

fn page(width: f64, height: f64, title: &str, body: &str) -> String {
    format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0} {height:.0}" font-family="sans-serif" font-size="11"><rect width="100%" height="100%" fill="#fff"/><text x="8" y="20" font-size="14">{title}</text>{body}</svg>
"##
    )
}

fn plain(name: &str) -> String {
    name.replace(['*', '`'], "")
}

/// What a subject adds to its bare route, in nanoseconds.
pub fn added(subjects: &[Subject], timed: &[Timed], key: &str, route: Route) -> Option<f64> {
    let nanos = |key: &str| {
        timed.iter().find(|timed| timed.key == key && timed.route == route).map(|timed| timed.nanos)
    };
    let bare = subjects.iter().find(|subject| subject.key == key)?.bare;
    Some(nanos(key)? - nanos(bare)?)
}
