//! Measures all of it, and writes the page and the charts beside this package. See README.md.

use std::{env, fs, path::Path, process::Command, time::Duration};

use passport_benches::{
    chart::{added, bars, lines},
    growth, http, layouts,
    report::Measured,
    stacks,
    stores::{self, Stores},
    tools,
};
use passport_cost::{drive::repeat, requests::Route};

const SHOWN: [&str; 6] = [
    "floor-around",
    "passport-around",
    "passport-inside",
    "login-around",
    "login-inside",
    "login-around-long",
];

/// How long session stores are measured.
const STORES: Duration = Duration::from_secs(80);

fn main() {
    let args: Vec<String> = env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args[..] {
        [] => everything(),
        ["ratios"] => ratios(),
        ["stores"] => stores(),
        ["growth"] => println!("{}", growing()),
        ["http"] => {
            for (key, route, rate) in http::measure().expect("`wrk`, which asks") {
                println!("{key}, {}: {rate:.0} requests/s", route.name());
            }
        }
        ["serve", key] => http::serve(key),
        ["times", millis] => {
            layouts::print(&stacks::all(), Duration::from_millis(millis.parse().expect("a number")))
        }
        ["repeat", key, route, count] => watched(key, route, count.parse().expect("a number")),
        _ => eprintln!(
            "nothing: measures everything and writes the page; `stores`: writes that section alone; \
             `ratios` or `growth`: in-process times only, written nowhere; \
             `http`: that part alone, written nowhere"
        ),
    }
}

/// Some requests of one subject: for tools that watch this program.
fn watched(key: &str, route: &str, count: usize) {
    let subject = stacks::find(key).expect("a subject's key");
    let route = Route::ALL.into_iter().find(|own| own.name() == route).expect("a route");
    repeat(&mut *(subject.make)(), route, count);
}

fn ratios() {
    let measured = in_process(Duration::from_secs(40));
    println!("{}\n{}", measured.ratios(), measured.table());
}

/// What is measured in this process, after a look at what is measured.
fn in_process(time: Duration) -> Measured {
    let subjects = stacks::all();
    for subject in &subjects {
        let mut stack = (subject.make)();
        for route in subject.routes {
            let (status, body) = stack.look(*route);
            assert_eq!(status, 200, "{} {}", subject.key, route.name());
            assert!(*route != Route::Me || body.starts_with("user-"), "{} says {body}", subject.key);
        }
    }
    let timed = layouts::measure(&subjects, time);
    Measured {
        subjects,
        timed,
        counted: tools::allocations(),
        instructions: Vec::new(),
        memory: Vec::new(),
        http: None,
        growth: Vec::new(),
        machine: machine(),
    }
}

fn everything() {
    eprintln!("times, a minute and a half");
    let mut measured = in_process(Duration::from_secs(64));
    println!("{}\n{}", measured.ratios(), measured.table());
    eprintln!("instructions");
    for subject in &measured.subjects {
        for route in subject.routes {
            let counted = tools::instructions(subject, *route);
            measured.instructions.extend(counted.map(|count| (subject.key, *route, count)));
        }
    }
    eprintln!("memory");
    measured.memory = tools::memory();
    eprintln!("growth");
    measured.growth = growth::measure(Duration::from_secs(3));
    eprintln!("over HTTP, two minutes");
    measured.http = http::measure();
    eprintln!("session stores, a minute and a half");
    let stores = Stores::measure(STORES, machine).section();
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = stores::replaced(&measured.page(), &stores);
    println!("{page}");
    let chart =
        bars(&measured.subjects, &SHOWN, |key, route| added(&measured.subjects, &measured.timed, key, route));
    let written = [("RESULTS.md", page), ("cost.svg", chart), ("growth.svg", lines(&measured.growth))];
    for (name, text) in written {
        fs::write(own.join(name), text).expect("the package's folder can be written to");
    }
    readme(&own.join("../../README.md"), &measured);
}

/// Measures the session stores, and writes their section of the page.
fn stores() {
    let section = Stores::measure(STORES, machine).section();
    println!("{section}");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("RESULTS.md");
    let page = fs::read_to_string(&path).expect("RESULTS.md");
    fs::write(&path, stores::replaced(&page, &section)).expect("the package's folder can be written to");
}

/// Puts the ratios between two marks in the project's README, if it has them.
fn readme(path: &Path, measured: &Measured) {
    let (begin, end) = ("<!-- cost: begin -->\n", "<!-- cost: end -->");
    let Ok(text) = fs::read_to_string(path) else { return };
    let Some((before, rest)) = text.split_once(begin) else { return };
    let Some((_, after)) = rest.split_once(end) else { return };
    let _ = fs::write(path, format!("{before}{begin}{}{end}{after}", measured.ratios()));
}

fn machine() -> String {
    let said = |program: &str, args: &[&str]| {
        let output = Command::new(program).args(args).output().ok();
        output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned()).unwrap_or_default()
    };
    let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or_default();
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    format!(
        "Measured on {} ({} cores), load {} right after the times, {}.",
        model.trim_start_matches([' ', '\t', ':']),
        std::thread::available_parallelism().map_or(1, usize::from),
        load.split(' ').next().unwrap_or_default(),
        said("rustc", &["--version"]),
    )
}

/// How cost grows, in words.
fn growing() -> String {
    let grown = growth::measure(Duration::from_secs(1));
    let words = grown.iter().flat_map(|growth| growth.lines.iter().map(|line| line.in_words(growth.unit)));
    words.collect::<Vec<_>>().join("\n")
}
