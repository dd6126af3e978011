//! The properties of a PDF: title, author, dates and keywords. Never reads its pages.

use pdf_oxide::PdfDocument;
use pdf_oxide::extractors::xmp::XmpExtractor;
use pdf_oxide::fonts::font_dict::pdfdoc_encoding_lookup;

use super::key;

/// The information dictionary, and where it is silent the XMP packet.
pub(super) fn properties(document: &PdfDocument) -> Vec<(&'static str, String)> {
    let mut found: Vec<(&'static str, String)> = Vec::new();
    let mut add = |name: &'static str, value: Option<String>| {
        let value = value.map(|v| v.split_whitespace().collect::<Vec<_>>().join(" "));
        if let Some(value) = value.filter(|v| !v.is_empty())
            && !found.iter().any(|(n, _)| *n == name)
        {
            found.push((name, value));
        }
    };
    let info = document
        .trailer()
        .as_dict()
        .and_then(|trailer| trailer.get("Info"));
    let info = info.and_then(|info| document.resolve_object(info).ok());
    let entry = |name: &str| {
        let value = document
            .resolve_object(info.as_ref()?.as_dict()?.get(name)?)
            .ok()?;
        value.as_string().map(text_string)
    };
    add(key::TITLE, entry("Title"));
    add(key::AUTHOR, entry("Author"));
    add(key::DESCRIPTION, entry("Subject"));
    add(key::KEYWORDS, entry("Keywords"));
    add(
        key::CREATED,
        entry("CreationDate").and_then(|date| moment(&date)),
    );
    add(
        key::MODIFIED,
        entry("ModDate").and_then(|date| moment(&date)),
    );
    if let Ok(Some(xmp)) = XmpExtractor::extract(document) {
        add(key::TITLE, xmp.dc_title);
        add(key::AUTHOR, Some(xmp.dc_creator.join(", ")));
        add(key::DESCRIPTION, xmp.dc_description);
        add(
            key::KEYWORDS,
            xmp.pdf_keywords.or_else(|| Some(xmp.dc_subject.join(", "))),
        );
        add(
            key::CREATED,
            xmp.xmp_create_date.and_then(|date| iso_moment(&date)),
        );
        add(
            key::MODIFIED,
            xmp.xmp_modify_date.and_then(|date| iso_moment(&date)),
        );
    }
    found
}

/// A text string (ISO 32000-2, 7.9.2.2): UTF-16 or UTF-8 with a BOM, else PDFDocEncoding.
fn text_string(bytes: &[u8]) -> String {
    if let Some((encoding, _)) = encoding_rs::Encoding::for_bom(bytes) {
        return encoding.decode_with_bom_removal(bytes).0.into_owned();
    }
    bytes
        .iter()
        .filter_map(|byte| pdfdoc_encoding_lookup(*byte))
        .collect()
}

/// A date `D:YYYYMMDDHHmmSSOHH'mm'` (ISO 32000-2, 7.9.4). Without a time zone only its day is certain.
fn moment(date: &str) -> Option<String> {
    let date = date.trim();
    let date = date.strip_prefix("D:").unwrap_or(date);
    if date.get(4..5) == Some("-") {
        return iso_moment(date);
    }
    let digits = date.bytes().take_while(u8::is_ascii_digit).count();
    let field = |from: usize, to: usize| {
        if to <= digits {
            date.get(from..to)
        } else {
            None
        }
    };
    let Some(year) = field(0, 4) else {
        return iso_moment(date);
    };
    let day = [Some(year), field(4, 6), field(6, 8)]
        .into_iter()
        .map_while(|f| f)
        .collect::<Vec<_>>()
        .join("-");
    let zone = zone(date.get(digits..)?);
    if let (Some(hour), Some(minute), Some(zone)) = (field(8, 10), field(10, 12), zone) {
        let second = field(12, 14).unwrap_or("00");
        if let Some(whole) = iso_moment(&format!("{day}T{hour}:{minute}:{second}{zone}")) {
            return Some(whole);
        }
    }
    iso_moment(&day).or_else(|| iso_moment(date))
}

/// `Z`, `+01'00'`, `+01'00` or `+01` as RFC 3339 writes it.
fn zone(text: &str) -> Option<String> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    match text.chars().next()? {
        'Z' => Some("Z".into()),
        sign @ ('+' | '-') if digits.len() >= 2 => Some(format!(
            "{sign}{}:{}",
            &digits[..2],
            digits.get(2..4).unwrap_or("00")
        )),
        _ => None,
    }
}

/// A moment with its time zone, or else the date that the text begins with.
fn iso_moment(text: &str) -> Option<String> {
    if text.parse::<jiff::Timestamp>().is_ok() {
        return Some(text.to_owned());
    }
    let day = text.split(['T', ' ']).next()?;
    zv_shared::date::PartialDate::parse(day).map(|date| date.to_string())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn dates_keep_what_is_certain() {
        assert_eq!(
            moment("D:20210304101112Z").as_deref(),
            Some("2021-03-04T10:11:12Z")
        );
        assert_eq!(
            moment("D:20210304101112-05'30").as_deref(),
            Some("2021-03-04T10:11:12-05:30")
        );
        assert_eq!(moment("D:20210304101112").as_deref(), Some("2021-03-04"));
        assert_eq!(moment("D:202103").as_deref(), Some("2021-03"));
        assert_eq!(moment("2021").as_deref(), Some("2021"));
        assert_eq!(
            moment("2021-03-04T10:11:12+01:00").as_deref(),
            Some("2021-03-04T10:11:12+01:00")
        );
        assert_eq!(moment("vorige week"), None);
        assert_eq!(moment("D:20211399"), None);
    }

    proptest! {
        #[test]
        fn any_date_can_be_read(date in "(D:|)[0-9Z+' -]{0,24}|\\PC{0,20}") {
            moment(&date);
        }
    }
}
