//! Pages, Numbers and Keynote: the text of the XML of before 2013 and of the packed objects (IWA) of later; a preview
//! in PDF is a child when nothing else gave text. Never computes a table, never reads what a password locks.

mod objects;

use std::io::{BufReader, Cursor, Read};

use flate2::read::MultiGzDecoder;
use zip::ZipArchive;

use super::package::Package;
use super::sink::Sink;
use super::tokens::{Fault, Step, Tag, Token, Xml, local};
use super::{Input, Limits, Outcome, Output, Reason, Stop, key};

/// Parts are unpacked in memory.
const MOST_OF_PART: u64 = 256 << 20;
/// Of all objects together.
const MOST_OF_OBJECTS: u64 = 512 << 20;

/// Reads one `iwork` document.
pub fn read_iwork(input: &mut Input, limits: &Limits, output: &mut dyn Output) -> Outcome {
    let mut package = match Package::open(input, limits) {
        Ok(package) => package,
        Err(reason) => return Outcome::Unreadable(reason),
    };
    if package.has(".iwpv2") || package.has(".iwph") {
        return Outcome::Unreadable(Reason::Encrypted);
    }
    let mut sink = Sink::new(output);
    let result = document(&mut package, &mut sink);
    let empty = sink.is_empty();
    let outcome = sink.finish(result);
    match (outcome, empty) {
        (Outcome::Whole, true) => preview(&mut package, output),
        (outcome @ Outcome::Unreadable(_), _) => match preview(&mut package, output) {
            Outcome::Partial(reason) => Outcome::Partial(reason),
            _ => outcome,
        },
        (outcome, _) => outcome,
    }
}

fn document(package: &mut Package<'_>, sink: &mut Sink<'_>) -> Result<(), Stop> {
    for name in ["index.xml", "index.apxl"] {
        if package.has(name) {
            let result = package.xml(name).and_then(|xml| old(xml, sink));
            return sink.past(result);
        }
    }
    if package.has("index.xml.gz") {
        let result = package.part("index.xml.gz").map_err(Fault::Bad);
        let xml =
            result.map(|part| Xml::new(MultiGzDecoder::new(BufReader::new(part)), "index.xml"));
        let result = xml.and_then(|xml| old(xml, sink));
        return sink.past(result);
    }
    let parts = match objects_of(package) {
        Ok(parts) => parts,
        Err(reason) => return sink.past(Err(Fault::Bad(reason))),
    };
    let mut numbers = false;
    for (name, bytes) in parts {
        // What masters and themes show as an example is no text of the document.
        if name.contains("template") || name.contains("masterslide") || name.contains("theme") {
            continue;
        }
        let result = objects::text(&bytes, &mut numbers, sink);
        sink.past(result)?;
    }
    if numbers {
        let what = "van tabellen is alleen de tekst gelezen, niet de getallen";
        sink.past(Err(Fault::Bad(Reason::Other(what.into()))))?;
    }
    Ok(())
}

/// The packed objects: parts of the package, or of a package within it.
fn objects_of(package: &mut Package<'_>) -> Result<Vec<(String, Vec<u8>)>, Reason> {
    let mut left = MOST_OF_OBJECTS;
    let mut parts = Vec::new();
    let mut take = |name: String, part: &mut dyn Read| {
        let mut bytes = Vec::new();
        let _ = part.take(left.min(MOST_OF_PART)).read_to_end(&mut bytes);
        left = left.saturating_sub(bytes.len() as u64);
        parts.push((name.to_lowercase(), bytes));
    };
    if package.has("index.zip") {
        let mut inner = Vec::new();
        let _ = package
            .part("index.zip")?
            .take(MOST_OF_PART)
            .read_to_end(&mut inner);
        let mut inner = ZipArchive::new(Cursor::new(inner))
            .map_err(|error| super::archive::archive_reason(&error))?;
        for number in 0..inner.len() {
            if let Ok(mut part) = inner.by_index(number)
                && let Ok(name) = part.name().map(|name| name.into_owned())
                && name.ends_with(".iwa")
            {
                take(name, &mut part);
            }
        }
    }
    for name in package
        .names()
        .into_iter()
        .filter(|name| name.ends_with(".iwa"))
    {
        take(name.clone(), &mut package.part(&name)?);
    }
    // The document itself comes first, its tables and slides after it.
    parts.sort_by_key(|(name, _)| !name.ends_with("document.iwa"));
    Ok(parts)
}

/// A preview in PDF as a child.
fn preview(package: &mut Package<'_>, output: &mut dyn Output) -> Outcome {
    const NAME: &str = "QuickLook/Preview.pdf";
    let none = "er is geen tekst in dit iWork-document gevonden";
    let Ok(part) = package.part(NAME) else {
        return Outcome::Unreadable(Reason::Other(none.into()));
    };
    let mut bytes = Vec::new();
    let whole = part.take(MOST_OF_PART).read_to_end(&mut bytes).is_ok();
    let hand_over = |output: &mut dyn Output| -> Result<(), Stop> {
        output.begin_child("Preview.pdf", "")?;
        output.child_bytes(&bytes)?;
        let broken = Reason::Broken("het voorbeeld is niet uit te pakken".into());
        output.end_child((!whole).then_some(broken))
    };
    let only = "van dit iWork-document is alleen het voorbeeld (PDF) gelezen";
    hand_over(output).map_or_else(Outcome::from, |()| {
        Outcome::Partial(Reason::Other(only.into()))
    })
}

/// The XML of before 2013.
fn old<R: Read>(xml: Xml<R>, sink: &mut Sink<'_>) -> Result<(), Fault> {
    let mut open = 0usize;
    let mut property = None;
    let result = xml.each(|token| {
        match token {
            Token::Start(tag) => return start(tag, &mut open, &mut property, sink),
            Token::End(name) => match local(name) {
                "p" => {
                    open = open.saturating_sub(1);
                    sink.paragraph()?;
                }
                "authors" | "keywords" | "title" | "comment" => property = None,
                _ => {}
            },
            Token::Text(text) if open > 0 => sink.text(&text.replace('\n', " "))?,
            Token::Text(_) => {}
        }
        Ok(Step::Into)
    });
    sink.end_part()?;
    result
}

fn start(
    tag: &Tag<'_>,
    open: &mut usize,
    property: &mut Option<&'static str>,
    sink: &mut Sink<'_>,
) -> Result<Step, Fault> {
    match tag.local() {
        // What masters and prototypes show as an example is no text of the document.
        "master-slides" | "section-prototypes" | "prototype-drawables" | "stylesheet" => {
            return Ok(Step::Skip);
        }
        "p" => *open += 1,
        "br" | "lnbr" | "crbr" | "pgbr" | "sectbr" | "layoutbr" => sink.paragraph()?,
        "tab" => sink.text("\t")?,
        "authors" => *property = Some(key::AUTHOR),
        "keywords" => *property = Some(key::KEYWORDS),
        "title" => *property = Some(key::TITLE),
        "comment" => *property = Some(key::DESCRIPTION),
        "string" => {
            if let (Some(name), Some(value)) = (*property, tag.attr("string")) {
                sink.property(name, &value)?;
            }
        }
        // Cells of a table: text and numbers.
        "ct" => sink.line(&tag.attr("s").unwrap_or_default())?,
        "n" | "number" | "cn" => sink.line(&tag.attr("v").unwrap_or_default())?,
        "workspace" => sink.line(&tag.attr("workspace-name").unwrap_or_default())?,
        "tabular-model" => sink.line(&tag.attr("name").unwrap_or_default())?,
        _ => {}
    }
    Ok(Step::Into)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use zip::write::SimpleFileOptions;

    use super::super::package::testing::{packed, survives_damage};
    use super::super::testing::read_bytes;
    use super::*;

    fn old_pages() -> Vec<u8> {
        packed(&[
            ("buildVersionHistory.plist", ""),
            (
                "index.xml",
                r#"<sl:document xmlns:sl="a" xmlns:sf="b" xmlns:sfa="c"><sl:metadata><sf:authors><sf:string sfa:string="Bea"/></sf:authors><sf:title><sf:string sfa:string="Verslag"/></sf:title></sl:metadata>
                <sl:section-prototypes><sf:p>voorbeeld</sf:p></sl:section-prototypes><sf:text-body><sf:p>Een <sf:span>caf&#233;</sf:span><sf:br/></sf:p><sf:p>Tweede<sf:tab/>regel</sf:p></sf:text-body>
                <sf:t><sf:ct sfa:s="cel"/></sf:t><sf:n sf:v="3.5"/></sl:document>"#,
            ),
        ])
    }

    fn new_pages() -> Vec<u8> {
        use std::io::Write;
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        zip.start_file("Index/Document.iwa", SimpleFileOptions::default())
            .unwrap();
        zip.write_all(&objects::testing::iwa(
            "Een caf\u{e9} aan de dijk\nTweede alinea",
            "cel",
        ))
        .unwrap();
        zip.finish().unwrap().into_inner()
    }

    #[test]
    fn the_xml_of_before_2013_is_read() {
        let (format, out, outcome) = read_bytes("x.zip", &old_pages());
        assert_eq!((format.as_str(), outcome), ("iwork", Outcome::Whole));
        assert_eq!(out.rest, "Een caf\u{e9}\nTweede\tregel\ncel\n3.5\n");
        assert_eq!(out.values(key::TITLE), ["Verslag"]);
        assert_eq!(out.values(key::AUTHOR), ["Bea"]);
    }

    #[test]
    fn packed_objects_give_text_and_numbers_in_tables_are_told() {
        let (format, out, outcome) = read_bytes("x.pages", &new_pages());
        assert_eq!(format, "iwork");
        assert_eq!(out.rest, "Een caf\u{e9} aan de dijk\nTweede alinea\ncel\n");
        assert!(
            matches!(outcome, Outcome::Partial(Reason::Other(_))),
            "{outcome:?}"
        );
    }

    #[test]
    fn a_preview_is_a_child_when_there_is_nothing_else() {
        let bytes = packed(&[
            ("Index/Document.iwa", ""),
            ("QuickLook/Preview.pdf", "%PDF-1.4"),
        ]);
        let (_, out, outcome) = read_bytes("x.key", &bytes);
        assert!(matches!(outcome, Outcome::Partial(_)), "{outcome:?}");
        assert_eq!(out.children[0].bytes, b"%PDF-1.4");
    }

    proptest! {
        #[test]
        fn damage_never_panics(
            cut: prop::sample::Index,
            flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
        ) {
            for bytes in [old_pages(), new_pages()] {
                survives_damage(&bytes, cut, &flips, |bytes| { read_bytes("a.pages", bytes); });
            }
        }
    }
}
