//! Forms with a file in them (`multipart/form-data`, RFC 7578), as browsers send them. Owns the way from bytes to fields.
//! Never keeps more than the request held.

use crate::problem::Problem;
use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::header;

/// A field of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Its name.
    pub name: String,
    /// The name of the file, when it is one; empty when none was chosen.
    pub file: Option<String>,
    /// What it holds.
    pub bytes: Vec<u8>,
}

/// A form with all its fields, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Multipart(Vec<Part>);

impl Multipart {
    /// The text of a field, without spaces around it; empty when there is no such field.
    pub fn text(&self, name: &str) -> String {
        let part = self.0.iter().find(|part| part.name == name);
        let text = part.map(|part| String::from_utf8_lossy(&part.bytes));
        text.unwrap_or_default().trim().to_owned()
    }

    /// The name and bytes of a file that was chosen.
    pub fn file(&self, name: &str) -> Option<(&str, &[u8])> {
        let part = self.0.iter().find(|part| part.name == name)?;
        let file = part.file.as_deref().filter(|file| !file.is_empty())?;
        Some((file, &part.bytes))
    }
}

impl<S: Send + Sync> FromRequest<S> for Multipart {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let kind = request.headers().get(header::CONTENT_TYPE);
        let boundary = kind
            .and_then(|kind| kind.to_str().ok())
            .and_then(boundary)
            .ok_or_else(wrong)?;
        let bytes = Bytes::from_request(request, state)
            .await
            .map_err(|rejection| Problem::from_status(rejection.status()))?;
        parse(&bytes, &boundary).map(Multipart).ok_or_else(wrong)
    }
}

fn wrong() -> Problem {
    Problem::request("Dit formulier is niet heel aangekomen.")
}

/// What stands between the fields.
fn boundary(kind: &str) -> Option<String> {
    let (kind, rest) = kind.split_once(';')?;
    if !kind.trim().eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    let mut parameters = rest
        .split(';')
        .filter_map(|pair| pair.trim().split_once('='));
    let (_, value) = parameters.find(|(name, _)| name.eq_ignore_ascii_case("boundary"))?;
    let value = value.trim_matches('"');
    (!value.is_empty()).then(|| value.to_owned())
}

/// The fields; none when the form does not end as it should.
fn parse(bytes: &[u8], boundary: &str) -> Option<Vec<Part>> {
    let first = format!("--{boundary}");
    let next = format!("\r\n--{boundary}");
    let mut rest = bytes.strip_prefix(first.as_bytes())?;
    let mut parts = Vec::new();
    loop {
        if rest.starts_with(b"--") {
            return Some(parts);
        }
        rest = rest.strip_prefix(b"\r\n")?;
        let head_end = find(rest, b"\r\n\r\n")?;
        let (head, behind) = (&rest[..head_end], &rest[head_end + 4..]);
        let end = find(behind, next.as_bytes())?;
        let head = String::from_utf8_lossy(head);
        let disposition = head.lines().find(|line| {
            let name = line.split(':').next().unwrap_or_default();
            name.eq_ignore_ascii_case("content-disposition")
        })?;
        parts.push(Part {
            name: parameter(disposition, "name")?,
            file: parameter(disposition, "filename"),
            bytes: behind[..end].to_vec(),
        });
        rest = &behind[end + next.len()..];
    }
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|part| part == wanted)
}

/// A parameter of a header; browsers write a quotation mark in it as `%22`.
fn parameter(line: &str, name: &str) -> Option<String> {
    let (_, behind) = line.split_once(&format!("; {name}=\""))?;
    let (value, _) = behind.split_once('"')?;
    Some(value.replace("%22", "\""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const FORM: &[u8] = b"--xYz\r\nContent-Disposition: form-data; name=\"naam\"\r\n\r\n Namen \r\n--xYz\r\n\
        content-disposition: form-data; name=\"bestand\"; filename=\"a%22b.csv\"\r\nContent-Type: text/csv\r\n\r\n\
        a1;b1\r\n--xY\xe9\r\n--xYz--\r\n";

    #[test]
    fn fields_and_files_come_out_as_they_were_sent() {
        let kind = "multipart/form-data; boundary=xYz";
        let form = Multipart(parse(FORM, &boundary(kind).expect("boundary")).expect("a form"));
        assert_eq!(form.text("naam"), "Namen");
        assert_eq!(form.text("reden"), "");
        let (name, bytes) = form.file("bestand").expect("a file");
        assert_eq!((name, bytes), ("a\"b.csv", b"a1;b1\r\n--xY\xe9".as_slice()));
        assert_eq!(form.file("naam"), None);
    }

    #[test]
    fn half_a_form_is_none() {
        for end in 0..FORM.len() - 4 {
            assert_eq!(parse(&FORM[..end], "xYz"), None, "{end}");
        }
        assert_eq!(boundary("application/json"), None);
        assert_eq!(boundary("multipart/form-data"), None);
        assert_eq!(
            boundary("multipart/form-data; boundary=\"a b\""),
            Some("a b".to_owned())
        );
    }

    proptest! {
        #[test]
        fn nothing_breaks_it(bytes in proptest::collection::vec(any::<u8>(), 0..200), at in 0usize..230) {
            let _ = parse(&bytes, "b");
            let mut form = FORM.to_vec();
            form.splice(at.min(FORM.len())..at.min(FORM.len()), bytes);
            let _ = parse(&form, "xYz");
        }
    }
}
