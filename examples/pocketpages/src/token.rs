//! The token: what the cookie holds, presented by a program in a header, or by a person to sign in with.

use axum::{
    body::Bytes,
    http::{HeaderMap, HeaderValue, Request, header},
};
use passport_core::{BoxError, Credential, Failure, Outcome, PassportExt, Strategy, async_trait};

use crate::User;

const WRONG: &str = "Invalid or expired token.";

/// Admits a request by `Authorization: TOKEN` or `Authorization: Bearer TOKEN`, whatever its cookie says.
pub(crate) struct HeaderToken;

#[async_trait]
impl Strategy for HeaderToken {
    type User = User;

    fn credential(&self) -> Credential {
        Credential::Header
    }

    async fn authenticate(&self, req: &Request<Bytes>) -> Result<Outcome<User>, BoxError> {
        let Some(token) = of_header(req.headers()) else { return Ok(Outcome::Pass) };
        let user = req.auth::<User>()?.user_by_token(token).await?;
        let wrong = || Failure::new(WRONG).challenge(HeaderValue::from_static("Bearer")).into();
        Ok(user.map_or_else(wrong, Outcome::success))
    }
}

/// `signInWithToken(token)`: the session moves to this browser, so a token signs in once.
pub(crate) struct TokenForm;

#[async_trait]
impl Strategy for TokenForm {
    type User = User;

    async fn authenticate(&self, req: &Request<Bytes>) -> Result<Outcome<User>, BoxError> {
        let Some(token) = of_form(req.body()) else { return Ok(Outcome::fail(WRONG)) };
        let auth = req.auth::<User>()?;
        Ok(match auth.user_by_token(&token).await? {
            Some(user) if auth.end_by_token(&token).await? => Outcome::success(user),
            _ => Outcome::fail(WRONG),
        })
    }
}

/// The token in the header. Other schemes, as a proxy's `Basic`, are not this site's to judge. Of two headers nobody can say which
/// is meant, and what is no text is no token: both are a wrong one, and not the same as none.
pub(crate) fn of_header(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let value = values.next()?;
    let (Ok(value), None) = (value.to_str(), values.next()) else { return Some("") };
    let value = value.trim();
    match value.split_once(' ') {
        None => Some(value),
        Some((scheme, token)) => scheme.eq_ignore_ascii_case("bearer").then(|| token.trim()),
    }
}

fn of_form(body: &[u8]) -> Option<String> {
    let mut tokens = form_urlencoded::parse(body).filter(|(name, _)| name == "token");
    let (_, token) = tokens.next()?;
    tokens.next().is_none().then(|| token.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(value: &'static str) -> Option<String> {
        let headers = HeaderMap::from_iter([(header::AUTHORIZATION, HeaderValue::from_static(value))]);
        of_header(&headers).map(str::to_owned)
    }

    #[test]
    fn the_word_bearer_may_be_left_out() {
        for value in ["abc", "Bearer abc", "bearer abc", "BEARER  abc "] {
            assert_eq!(of(value).as_deref(), Some("abc"), "{value:?}");
        }
        assert_eq!(of("Basic YTpi"), None);
    }

    #[test]
    fn two_headers_and_what_is_no_text_are_a_wrong_token_and_not_none() {
        for wrong in
            [&[&b"\xff"[..]][..], &[b"Bearer \xff"], &[b"Basic YTpi", b"Bearer abc"], &[b"abc", b"abc"]]
        {
            let mut all = HeaderMap::new();
            for value in wrong {
                all.append(header::AUTHORIZATION, HeaderValue::from_bytes(value).unwrap());
            }
            assert_eq!(of_header(&all), Some(""), "{wrong:?}");
        }
        assert_eq!(of_header(&HeaderMap::new()), None);
    }

    #[test]
    fn a_token_that_is_sent_twice_is_none() {
        assert_eq!(of_form(b"token=+abc&x=y").as_deref(), Some("abc"));
        assert_eq!(of_form(b"token=abc&token=def"), None);
        assert_eq!(of_form(b"x=y"), None);
    }
}
