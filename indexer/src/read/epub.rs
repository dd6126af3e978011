//! E-books (EPUB): every chapter of the reading order a page, the properties of the book. Never decrypts, never
//! follows a link out of the book.

use std::collections::HashMap;
use std::io::Read;

use super::package::{Package, properties, resolve};
use super::sink::Sink;
use super::tokens::{Fault, Step, Token, io_reason};
use super::{Input, Limits, Outcome, Output, Reason, Stop, encoding, html, key};

/// A chapter beyond this size is cut; honest ones are a hundred times smaller.
const MOST_OF_CHAPTER: u64 = 64 << 20;

/// Reads one `epub` book.
pub fn read_epub(input: &mut Input, limits: &Limits, output: &mut dyn Output) -> Outcome {
    let mut package = match Package::open(input, limits) {
        Ok(package) => package,
        Err(reason) => return Outcome::Unreadable(reason),
    };
    let locked = locked(&mut package);
    let mut sink = Sink::new(output);
    let result = book(&mut package, &locked, &mut sink);
    sink.finish(result)
}

fn book(package: &mut Package<'_>, locked: &[String], sink: &mut Sink<'_>) -> Result<(), Stop> {
    let chapters = match description(package) {
        Ok(name) => {
            let result = package.xml(&name).and_then(|xml| {
                properties(xml, sink, |name| match super::tokens::local(name) {
                    "title" => Some(key::TITLE),
                    "creator" => Some(key::AUTHOR),
                    "date" => Some(key::CREATED),
                    "language" => Some("taal"),
                    "publisher" => Some("uitgever"),
                    "description" => Some(key::DESCRIPTION),
                    "subject" => Some(key::KEYWORDS),
                    _ => None,
                })
            });
            sink.past(result)?;
            reading_order(package, &name)
        }
        Err(fault) => Err(fault),
    };
    let chapters = match chapters {
        Ok(chapters) if !chapters.is_empty() => chapters,
        // Without a reading order every page still holds text.
        other => {
            sink.past(other.map(|_| ()))?;
            let pages = |name: &String| name.ends_with("html") || name.ends_with(".htm");
            package.names().into_iter().filter(pages).collect()
        }
    };
    for chapter in chapters {
        sink.begin_page()?;
        let result = match locked.contains(&chapter.to_lowercase()) {
            true => Err(Fault::Bad(Reason::Encrypted)),
            false => page(package, &chapter, sink),
        };
        sink.past(result)?;
    }
    Ok(())
}

/// The part that describes the book: the one that the container names, else the first of that kind.
fn description(package: &mut Package<'_>) -> Result<String, Fault> {
    let mut found = None;
    if package.has("META-INF/container.xml") {
        let result = package.xml("META-INF/container.xml")?.each(|token| {
            if let Token::Start(tag) = token
                && tag.local() == "rootfile"
            {
                found = found.take().or(tag.attr("full-path"));
            }
            Ok(Step::Into)
        });
        if let Err(Fault::Stop(stop)) = result {
            return Err(stop.into());
        }
    }
    let other = || {
        package
            .names()
            .into_iter()
            .find(|name| name.ends_with(".opf"))
    };
    found
        .filter(|name| package.has(name))
        .or_else(other)
        .ok_or_else(|| {
            Fault::Bad(Reason::Broken(
                "er ontbreekt een onderdeel: de beschrijving van het boek".into(),
            ))
        })
}

/// The names of the chapters in the order of the spine.
fn reading_order(package: &mut Package<'_>, name: &str) -> Result<Vec<String>, Fault> {
    let folder = name
        .rsplit_once('/')
        .map_or("", |(folder, _)| folder)
        .to_owned();
    let mut items: HashMap<String, String> = HashMap::new();
    let mut order = Vec::new();
    package.xml(name)?.each(|token| {
        if let Token::Start(tag) = token {
            match tag.local() {
                "item" => {
                    if let (Some(id), Some(target)) = (tag.attr("id"), tag.attr("href")) {
                        items.insert(id, target);
                    }
                }
                "itemref" => order.extend(tag.attr("idref")),
                _ => {}
            }
        }
        Ok(Step::Into)
    })?;
    let known = order.iter().filter_map(|id| items.get(id));
    Ok(known
        .map(|target| resolve(&folder, &unescaped(target)))
        .collect())
}

/// `%20` and the like in the address of a part.
fn unescaped(address: &str) -> String {
    let bare = address.split('#').next().unwrap_or(address);
    let mut bytes = Vec::with_capacity(bare.len());
    let mut rest = bare.as_bytes();
    while let [first, after @ ..] = rest {
        let code = after
            .get(..2)
            .filter(|_| *first == b'%')
            .and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        bytes.push(code.unwrap_or(*first));
        rest = &after[if code.is_some() { 2 } else { 0 }..];
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn page(package: &mut Package<'_>, name: &str, sink: &mut Sink<'_>) -> Result<(), Fault> {
    let mut bytes = Vec::new();
    let part = package.part(name).map_err(Fault::Bad)?;
    let result = part.take(MOST_OF_CHAPTER).read_to_end(&mut bytes);
    // What came before the damage is still text.
    sink.text(&html::xhtml_text(&encoding::text_of(&bytes)))?;
    result
        .map(|_| ())
        .map_err(|error| Fault::Bad(io_reason(name, &error)))
}

/// Parts that only a key opens. Fonts are often scrambled: that costs no text.
fn locked(package: &mut Package<'_>) -> Vec<String> {
    let mut locked = Vec::new();
    if let Ok(xml) = package.xml("META-INF/encryption.xml") {
        let _ = xml.each(|token| {
            if let Token::Start(tag) = token
                && tag.local() == "CipherReference"
            {
                let part = tag.attr("URI").unwrap_or_default();
                locked.push(unescaped(&part).trim_start_matches('/').to_lowercase());
            }
            Ok(Step::Into)
        });
    }
    locked
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::package::testing::{packed, survives_damage};
    use super::super::testing::read_bytes;
    use super::*;

    const CONTAINER: &str =
        r#"<container><rootfiles><rootfile full-path="OEBPS/boek.opf"/></rootfiles></container>"#;
    const BOOK: &str = r#"<package><metadata><dc:title>De dijk</dc:title><dc:creator>Bea</dc:creator><dc:date>2019-03-01</dc:date><dc:language>nl</dc:language></metadata>
        <manifest><item id="b" href="twee%20b.xhtml"/><item id="a" href="een.xhtml"/></manifest><spine><itemref idref="a"/><itemref idref="b"/></spine></package>"#;

    fn book() -> Vec<u8> {
        packed(&[
            ("mimetype", "application/epub+zip"),
            ("META-INF/container.xml", CONTAINER),
            ("OEBPS/boek.opf", BOOK),
            (
                "OEBPS/twee b.xhtml",
                "<html><body><h1>Twee</h1></body></html>",
            ),
            (
                "OEBPS/een.xhtml",
                "<html><head><title/></head><body><p>E\u{e9}n &amp; ander</p></body></html>",
            ),
        ])
    }

    #[test]
    fn chapters_come_in_reading_order_and_each_is_a_page() {
        let (format, out, outcome) = read_bytes("boek.zip", &book());
        assert_eq!((format.as_str(), outcome), ("epub", Outcome::Whole));
        assert_eq!(out.pages, ["E\u{e9}n & ander\n", "Twee\n"]);
        assert_eq!(out.values(key::TITLE), ["De dijk"]);
        assert_eq!(out.values(key::AUTHOR), ["Bea"]);
        assert_eq!(out.values(key::CREATED), ["2019-03-01"]);
    }

    #[test]
    fn a_locked_chapter_is_told() {
        let locked = r#"<e><CipherReference URI="OEBPS/een.xhtml"/></e>"#;
        let bytes = packed(&[
            ("mimetype", "application/epub+zip"),
            ("META-INF/container.xml", CONTAINER),
            ("META-INF/encryption.xml", locked),
            ("OEBPS/boek.opf", BOOK),
            ("OEBPS/een.xhtml", "\u{1}\u{2}"),
        ]);
        assert_eq!(
            read_bytes("a", &bytes).2,
            Outcome::Unreadable(Reason::Encrypted)
        );
    }

    #[test]
    fn a_book_without_description_is_still_read() {
        let bytes = packed(&[
            ("mimetype", "application/epub+zip"),
            ("a.xhtml", "<p>tekst</p>"),
        ]);
        let (_, out, outcome) = read_bytes("a", &bytes);
        assert!(
            matches!(outcome, Outcome::Partial(Reason::Broken(_))),
            "{outcome:?}"
        );
        assert_eq!(out.pages, ["tekst\n"]);
    }

    proptest! {
        #[test]
        fn damage_never_panics(
            cut: prop::sample::Index,
            flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
        ) {
            survives_damage(&book(), cut, &flips, |bytes| { read_bytes("a.epub", bytes); });
        }
    }
}
