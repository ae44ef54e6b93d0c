//! Bodies that no client sends.

use passport_local::{Credentials, Fields};

use crate::{form, typed};

/// Numbers that look random and are the same in every run (xorshift).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit as u64).unwrap()
    }
}

const PIECES: &[&[u8]] = &[
    b"username",
    b"password",
    b"stay",
    b"=",
    b"&",
    b"%",
    b"%4",
    b"%41",
    b"%ff",
    b"+",
    b"{",
    b"}",
    b"[",
    b"]",
    b"\"",
    b":",
    b",",
    b"\\u0061",
    b"\\ud800",
    b"null",
    b"1e999",
    b"true",
    b"\xc3\xa9",
    b"\xff",
    b"\0",
    b" ",
    b"x",
    b"\"username\":\"a\"",
    b"\"password\":\"b\"",
];

#[test]
fn no_body_makes_the_parser_panic_and_every_answer_is_a_4xx() {
    let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
    let fields = Fields::default().remember("stay").unwrap();
    let mut read = 0;
    for _ in 0..20_000 {
        let mut body = Vec::new();
        if numbers.below(2) == 0 {
            body.extend_from_slice(
                [&b"username=a&password=b"[..], b"{\"username\":\"a\",\"password\":\"b\""][numbers.below(2)],
            );
        }
        for _ in 0..numbers.below(12) {
            match numbers.below(4) {
                0 => body.push(u8::try_from(numbers.below(256)).unwrap()),
                _ => body.extend_from_slice(PIECES[numbers.below(PIECES.len())]),
            }
        }
        for request in [form(body.clone()), typed("application/json", body)] {
            match Credentials::from_request(&request, &fields) {
                Ok(credentials) => {
                    assert!(!credentials.username.is_empty() && !credentials.password.is_empty());
                    read += 1;
                }
                Err(failure) => assert!(failure.as_status().unwrap().is_client_error()),
            }
        }
    }
    assert!(read > 100, "some of it was meant to be read: {read}");
}
