//! Whether the caller wants JSON or a page.

/// The best weight that all `Accept` headers of a request (RFC 9110, section 12.5.1) give to each, in thousandths.
///
/// Several are one list (section 5.3), and its order means nothing.
#[derive(Clone, Copy, Default)]
pub(crate) struct Accepted {
    json: u16,
    html: u16,
    any: u16,
}

impl Accepted {
    /// Adds what one header says.
    pub(crate) fn add(&mut self, value: &[u8]) {
        // What browsers and most tools send, without looking further: nothing is better than a page at full weight.
        if value == b"*/*" {
            self.any = 1000;
            return;
        }
        if value == b"text/html" || value.starts_with(b"text/html,") {
            self.html = 1000;
            return;
        }
        for range in value.split(|byte| *byte == b',') {
            let mut parts = range.split(|byte| *byte == b';').map(<[u8]>::trim_ascii);
            let name = parts.next().unwrap_or_default().to_ascii_lowercase();
            let quality = parts.find_map(quality).unwrap_or(1000);
            let best = match name.as_slice() {
                b"text/html" | b"application/xhtml+xml" | b"text/*" => &mut self.html,
                b"*/*" => &mut self.any,
                b"application/json" | b"application/*" => &mut self.json,
                name if name.starts_with(b"application/") && name.ends_with(b"+json") => &mut self.json,
                _ => continue,
            };
            *best = quality.max(*best);
        }
    }

    /// Whether JSON is preferred to html. `*/*` alone counts as a browser.
    pub(crate) fn prefers_json(self) -> bool {
        self.json > self.html && self.json >= self.any
    }
}

/// `q=0.5` in thousandths (RFC 9110, section 12.4.2). What is no weight counts as nothing: such a range is not
/// wanted.
fn quality(parameter: &[u8]) -> Option<u16> {
    let weight = parameter.strip_prefix(b"q=").or_else(|| parameter.strip_prefix(b"Q="))?;
    Some(match weight {
        [b'1'] => 1000,
        [b'1', b'.', zeros @ ..] if zeros.len() <= 3 && zeros.iter().all(|digit| *digit == b'0') => 1000,
        [b'0', b'.', digits @ ..] if digits.len() <= 3 && digits.iter().all(u8::is_ascii_digit) => {
            let places = digits.iter().chain(std::iter::repeat(&b'0')).take(3);
            places.fold(0, |sum, digit| sum * 10 + u16::from(digit - b'0'))
        }
        _ => 0,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prefers_json(values: &[&str]) -> bool {
        let mut all = Accepted::default();
        for value in values {
            all.add(value.as_bytes());
        }
        all.prefers_json()
    }

    #[test]
    fn json_is_for_those_who_prefer_it_to_html() {
        for json in [
            "application/json",
            "application/problem+json",
            "application/json, */*",
            "application/json, text/plain, */*",
            "text/html;q=0.5, application/json",
            "application/*",
            "Application/JSON",
            "text/html;q=0, application/*",
        ] {
            assert!(prefers_json(&[json]), "{json}");
        }
    }

    #[test]
    fn browsers_and_those_who_do_not_care_get_pages() {
        let chrome = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8";
        for page in [
            "",
            "*/*",
            "text/html",
            chrome,
            "text/html, application/json",
            "application/json;q=0.5, */*",
            "application/json;q=0",
            "application/json;q=x",
            "image/png",
            ";;;,,,=q",
        ] {
            assert!(!prefers_json(&[page]), "{page}");
        }
    }

    #[test]
    fn several_headers_are_one_list() {
        assert!(!prefers_json(&["application/json;q=0.5", "text/html"]));
        assert!(!prefers_json(&["text/html", "application/json;q=0.5"]));
        assert!(prefers_json(&["text/html;q=0.5", "application/json"]));
    }
}
