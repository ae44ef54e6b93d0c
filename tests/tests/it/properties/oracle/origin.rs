use std::{borrow::Cow, sync::LazyLock};

use http::{HeaderMap, HeaderName, HeaderValue, Method, header, uri::Authority};
use passport_core::{Clue, Passport};
use passport_session::{FakeClock, Sessions};
use url::Url;

/// As it is configured.
const TRUSTED: &str = "https://app.example";

/// Over https alone, and for development.
static SITES: LazyLock<[Passport<String>; 2]> = LazyLock::new(|| {
    let sessions = || Sessions::in_memory().clock(FakeClock::new());
    [sessions(), sessions().insecure_cookie_for_development()]
        .map(|sessions| Passport::of_ids(&sessions).trust_origin(TRUSTED).build().unwrap())
});

/// One that trusts no other origin.
static ALONE: LazyLock<Passport<String>> =
    LazyLock::new(|| Passport::of_ids(Sessions::in_memory().clock(FakeClock::new())).build().unwrap());

/// The headers that say where a request comes from, one a line, each by its first letter: `H`ost, `O`rigin,
/// `R`eferer, `S`ec-Fetch-Site, `P`urpose; and `A`uthority, `M`ethod, `I`nsecure for the request itself.
///
/// - A request that passes was made by a trusted origin, or says `same-origin` or `none`, or its origin (a GET's
///   referrer) has the request's own host and port, and https with the secure cookie, as browsers read it; or it says
///   nothing.
/// - The origin that a browser would send for the request's own address passes.
/// - It is the same whether the headers are gone through or looked up.
pub fn origin(data: &[u8]) {
    let Some(asked) = Asked::read(data) else { return };
    let site = &SITES[usize::from(asked.insecure)];
    if !asked.is_foreign(site) {
        asked.check();
    }
    asked.is_foreign(&ALONE);
    let Some(own) = asked.own().and_then(|own| browser(&format!("https://{own}/"))) else { return };
    let mut headers = HeaderMap::new();
    headers.insert(header::HOST, own[url::Position::BeforeHost..url::Position::AfterPort].parse().unwrap());
    headers.insert(header::ORIGIN, own.origin().ascii_serialization().parse().unwrap());
    for site in &*SITES {
        assert!(!site.begin(&Method::POST, None, &headers, None).session().is_foreign(), "its own: {own}");
    }
}

struct Asked {
    method: Method,
    insecure: bool,
    authority: Option<Authority>,
    headers: HeaderMap,
}

impl Asked {
    fn is_foreign(&self, site: &Passport<String>) -> bool {
        let Self { method, authority, headers, .. } = self;
        let pending = site.begin(method, authority.as_ref(), headers, None);
        let find = |clue: Clue| headers.get_all(clue.name()).iter().map(HeaderValue::as_bytes);
        let looked_up = site.begin_with(method, authority.as_ref(), find, None);
        assert_eq!(pending.session().is_foreign(), looked_up.session().is_foreign(), "{method} {headers:?}");
        pending.session().is_foreign()
    }

    fn read(data: &[u8]) -> Option<Self> {
        let mut asked =
            Self { method: Method::POST, insecure: false, authority: None, headers: HeaderMap::new() };
        for line in data.split(|byte| *byte == b'\n') {
            let Some((kind, value)) = line.split_first() else { continue };
            let name = match kind {
                b'M' => {
                    asked.method = Method::from_bytes(value).ok()?;
                    continue;
                }
                b'I' => {
                    asked.insecure = true;
                    continue;
                }
                b'A' => {
                    asked.authority = Some(Authority::try_from(value).ok()?);
                    continue;
                }
                b'H' => header::HOST,
                b'O' => header::ORIGIN,
                b'R' => header::REFERER,
                b'S' => HeaderName::from_static("sec-fetch-site"),
                b'P' => HeaderName::from_static("sec-purpose"),
                _ => continue,
            };
            asked.headers.append(name, HeaderValue::from_bytes(value).ok()?);
        }
        Some(asked)
    }

    /// That it had a reason to pass.
    fn check(&self) {
        let all =
            |name: &str| self.headers.get_all(name).iter().map(HeaderValue::as_bytes).collect::<Vec<_>>();
        let ahead = all("sec-purpose").concat().to_ascii_lowercase();
        assert!(
            !ahead.windows(8).any(|word| word == b"prefetch") || all("sec-purpose").len() > 1,
            "made ahead of time"
        );
        let origins = all("origin");
        if origins == [TRUSTED.as_bytes()] {
            return;
        }
        match all("sec-fetch-site")[..] {
            [] => {}
            [b"same-origin" | b"none"] => return,
            _ => panic!("a browser says that it is foreign"),
        }
        let referers = all("referer");
        match (&origins[..], &referers[..]) {
            ([origin], _) => self.check_own(origin),
            ([], [referer]) if self.method == Method::GET => self.check_own(referer),
            ([], []) => {}
            ([], _) if self.method != Method::GET => {}
            _ => panic!("it says two things"),
        }
    }

    /// What no browser would ask for brings no browser's cookies along: there is nothing to borrow.
    fn check_own(&self, address: &[u8]) {
        let own = self.own().expect("nothing to compare with");
        let address = browser(&String::from_utf8_lossy(address));
        let scheme =
            if address.as_ref().is_some_and(|address| address.scheme() == "http") { "http" } else { "https" };
        let Some(own) = browser(&format!("{scheme}://{own}/")) else { return };
        let address = address.expect("no browser sends this");
        assert!(address.scheme() == "https" || self.insecure && address.scheme() == "http");
        assert_eq!(address.host(), own.host());
        assert_eq!(address.port_or_known_default(), own.port_or_known_default());
    }

    /// Host and port, as the request names them.
    fn own(&self) -> Option<Cow<'_, str>> {
        let hosts: Vec<_> = self.headers.get_all(header::HOST).iter().collect();
        match (&self.authority, &hosts[..]) {
            (Some(authority), _) => Some(authority.as_str().into()),
            (None, [host]) => Some(String::from_utf8_lossy(host.as_bytes())),
            _ => None,
        }
    }
}

/// As browsers read an address. None that they never send: what is no address, or has a user in it.
fn browser(address: &str) -> Option<Url> {
    Url::parse(address)
        .ok()
        .filter(|url| url.has_host() && url.username().is_empty() && url.password().is_none())
}
