//! OpenDocument texts, sheets and presentations (ODF): content, then notes beside it, embedded objects, headers
//! and footers. What is encrypted is opened by [`locked`], with a password of the list.

mod hidden;
mod locked;
mod walk;

use std::cell::Cell;
use std::io::{BufReader, Read, Seek};

use super::embedded::Embedded;
use super::package::{Package, properties};
use super::sink::Sink;
use super::tokens::{Fault, Step, Token, Xml, io_reason};
use super::{Input, Limits, Outcome, Output, Stop, key};
use hidden::Styles;
use walk::Walk;

/// What kind of document: it decides what a page is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Sheet,
    Slides,
}

/// Reads one `odt` document.
pub fn read_odt(input: &mut Input, limits: &Limits, output: &mut dyn Output) -> Outcome {
    read(Kind::Text, input, limits, output)
}

/// Reads one `ods` document.
pub fn read_ods(input: &mut Input, limits: &Limits, output: &mut dyn Output) -> Outcome {
    read(Kind::Sheet, input, limits, output)
}

/// Reads one `odp` document.
pub fn read_odp(input: &mut Input, limits: &Limits, output: &mut dyn Output) -> Outcome {
    read(Kind::Slides, input, limits, output)
}

/// Reads one document that is a single piece of XML (`fodt`, `fods`, `fodp`).
pub fn read_flat(
    format: &str,
    input: &mut Input,
    _limits: &Limits,
    output: &mut dyn Output,
) -> Outcome {
    let kind = match format {
        "fods" => Kind::Sheet,
        "fodp" => Kind::Slides,
        _ => Kind::Text,
    };
    let mut sink = Sink::new(output);
    let result = flat(kind, input, &mut sink);
    sink.finish(result)
}

fn flat(kind: Kind, input: &mut Input, sink: &mut Sink<'_>) -> Result<(), Stop> {
    const NAME: &str = "het document";
    let file = BufReader::new(&mut input.file);
    let result = meta(Xml::new(file, NAME), sink);
    sink.past(result)?;
    let result = match input.file.rewind() {
        Ok(()) => Walk::new(kind, false).run(Xml::new(BufReader::new(&mut input.file), NAME), sink),
        Err(error) => Err(Fault::Bad(io_reason(NAME, &error))),
    };
    sink.past(result)
}

fn read(kind: Kind, input: &mut Input, limits: &Limits, output: &mut dyn Output) -> Outcome {
    let (passwords, name, size) = (input.passwords.clone(), input.name.clone(), input.size);
    let mut package = match Package::open(input, limits) {
        Ok(package) => package,
        Err(reason) => return Outcome::Unreadable(reason),
    };
    if encrypted(&mut package) {
        return locked::read(&mut package, (&name, size), &passwords, limits, output);
    }
    let mut sink = Sink::new(output);
    let result = document(kind, &mut package, &mut sink);
    let text = sink.finish(result);
    let mut embedded = Embedded::new(limits);
    let files = files(&mut package, &mut embedded, output);
    embedded.finish(text, files)
}

/// Hands over objects of other programs, sound and film. Objects in the own format lie in folders and are text of the
/// document; pictures stay where they are.
fn files(
    package: &mut Package<'_>,
    embedded: &mut Embedded<'_>,
    output: &mut dyn Output,
) -> Result<(), Stop> {
    for part in package.names() {
        let (folder, name) = part.rsplit_once('/').unwrap_or(("", &part));
        let object = name.starts_with("obj")
            && !name.contains('.')
            && !folder.ends_with("objectreplacements");
        let media = folder == "media" && !name.is_empty();
        if !(object || media) || embedded.is_full() {
            continue;
        }
        let name = name.replacen("obj", "Obj", usize::from(object));
        match package.part(&part) {
            Ok(bytes) => embedded.give(&name, bytes, output)?,
            Err(reason) => embedded.absent(&name, reason, output)?,
        }
    }
    Ok(())
}

/// Whether the manifest says that content is encrypted. A damaged manifest says nothing.
fn encrypted(package: &mut Package<'_>) -> bool {
    let mut encrypted = false;
    let mut of_content = false;
    let _ = package.xml("META-INF/manifest.xml").and_then(|xml| {
        xml.each(|token| {
            if let Token::Start(tag) = token {
                match tag.local() {
                    "file-entry" => {
                        let path = tag.attr("full-path").unwrap_or_default();
                        of_content = path == "content.xml" || path == "encrypted-package";
                    }
                    "encryption-data" if of_content => encrypted = true,
                    _ => {}
                }
            }
            Ok(Step::Into)
        })
    });
    encrypted
}

fn document(kind: Kind, package: &mut Package<'_>, sink: &mut Sink<'_>) -> Result<(), Stop> {
    if package.has("meta.xml") {
        let result = package.xml("meta.xml").and_then(|xml| meta(xml, sink));
        sink.past(result)?;
    }
    // A damaged list of styles is told when the text in it is read.
    let styles = package.xml("styles.xml").and_then(Styles::read);
    let styles = styles.unwrap_or_default();
    let result = package
        .xml("content.xml")
        .and_then(|xml| Walk::new(kind, false).with(&styles).run(xml, sink));
    sink.past(result)?;
    // Charts and formulas lie in folders of their own.
    for name in package.names() {
        if name.ends_with("/content.xml") {
            let result = package
                .xml(&name)
                .and_then(|xml| Walk::new(Kind::Text, false).run(xml, sink));
            sink.past(result)?;
        }
    }
    if package.has("styles.xml") {
        let result = package
            .xml("styles.xml")
            .and_then(|xml| Walk::new(kind, true).run(xml, sink));
        sink.past(result)?;
    }
    Ok(())
}

/// The document's own properties.
fn meta<R: Read>(xml: Xml<R>, sink: &mut Sink<'_>) -> Result<(), Fault> {
    // In a document of one piece comments and changes have a `dc:date`, too.
    let over = Cell::new(false);
    properties(xml, sink, |name| match name {
        "office:settings" | "office:styles" | "office:body" => {
            over.set(true);
            None
        }
        _ if over.get() => None,
        "dc:title" => Some(key::TITLE),
        "meta:initial-creator" => Some(key::AUTHOR),
        "meta:creation-date" => Some(key::CREATED),
        "dc:date" => Some(key::MODIFIED),
        "dc:subject" | "dc:description" => Some(key::DESCRIPTION),
        "meta:keyword" => Some(key::KEYWORDS),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::Reason;
    use super::super::package::testing::{packed, survives_damage};
    use super::super::testing::{Collected, input, limits};
    use super::*;

    const META: &str = r#"<m><dc:title>Verslag</dc:title><meta:initial-creator>Bea</meta:initial-creator>
        <meta:creation-date>2020-05-06T07:08:09</meta:creation-date><meta:keyword>een</meta:keyword><meta:keyword>twee</meta:keyword></m>"#;

    const STYLES: &str = r#"<s><style:style><text:p>stijl</text:p></style:style><style:master-page>
        <style:header><text:p>koptekst<text:page-number>1</text:page-number></text:p></style:header>
        <style:header-left style:display="false"><text:p>ongezien</text:p></style:header-left>
        <style:footer><text:p>voettekst</text:p></style:footer></style:master-page></s>"#;

    const TEXT: &str = r#"<c><text:tracked-changes><text:changed-region><text:deletion><office:change-info><dc:creator>X</dc:creator></office:change-info>
        <text:p>geschrapt</text:p></text:deletion></text:changed-region></text:tracked-changes>
        <text:h>Titel</text:h><text:p>a<text:s text:c="2"/>b<text:tab/>c<text:line-break/>d</text:p>
        <text:p>noot<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>onderaan</text:p></text:note-body></text:note>loos</text:p>
        <text:p>punt<office:annotation><dc:creator>Bea</dc:creator><dc:date>2020</dc:date><text:p>klopt dit?</text:p></office:annotation></text:p>
        <table:table><table:table-row><table:table-cell><text:p>l</text:p></table:table-cell><table:table-cell><text:p>r</text:p></table:table-cell></table:table-row></table:table>
        <text:p>kader<draw:frame><draw:text-box><text:p>tekstvak</text:p></draw:text-box></draw:frame></text:p></c>"#;

    const SHEETS: &str = r#"<c><style:style style:name="ta2"><style:table-properties table:display="false"/></style:style><office:spreadsheet>
        <table:table table:name="Blad1"><table:table-row><table:table-cell office:value="3.5"><text:p>3,50</text:p></table:table-cell>
        <table:table-cell table:number-columns-repeated="3"/><table:table-cell table:number-columns-repeated="2"><text:p>x</text:p></table:table-cell></table:table-row>
        <table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>
        <table:table-row table:number-rows-repeated="2"><table:table-cell office:value="7"/><table:table-cell><office:annotation><dc:creator>Bo</dc:creator><text:p>let op</text:p></office:annotation><text:p>y</text:p></table:table-cell></table:table-row></table:table>
        <table:table table:name="Stil" table:style-name="ta2"/></office:spreadsheet></c>"#;

    const SLIDES: &str = r#"<c><draw:page><draw:frame><draw:text-box><text:p>een</text:p></draw:text-box></draw:frame>
        <presentation:notes><text:p>zeg dit</text:p></presentation:notes></draw:page><draw:page><text:p>twee</text:p></draw:page></c>"#;

    fn of(content: &str) -> Vec<u8> {
        packed(&[
            ("content.xml", content),
            ("meta.xml", META),
            ("styles.xml", STYLES),
        ])
    }

    fn read_as(kind: Kind, bytes: &[u8]) -> (Collected, Outcome) {
        let mut out = Collected::default();
        let outcome = read(kind, &mut input("x.od", bytes), &limits(), &mut out);
        (out, outcome)
    }

    #[test]
    fn a_text_is_read_with_notes_comments_boxes_and_margins() {
        let (out, outcome) = read_as(Kind::Text, &of(TEXT));
        assert_eq!(outcome, Outcome::Whole);
        assert_eq!(
            out.rest,
            "Titel\na  b\tc\nd\nnootloos\nonderaan\npunt\n[opmerking van Bea] klopt dit?\nl\tr\n\
             kader\ntekstvak\n[verwijderd: geschrapt]\nkoptekst\nvoettekst\n"
        );
        assert_eq!(out.values(key::TITLE), ["Verslag"]);
        assert_eq!(out.values(key::AUTHOR), ["Bea"]);
        assert_eq!(out.values(key::CREATED), ["2020-05-06T07:08:09"]);
        assert_eq!(out.values(key::KEYWORDS), ["een", "twee"]);
    }

    #[test]
    fn every_sheet_is_a_page_and_endless_repetition_is_not_followed() {
        let (out, outcome) = read_as(Kind::Sheet, &of(SHEETS));
        assert_eq!(outcome, Outcome::Whole);
        assert_eq!(
            out.pages,
            [
                "Blad1\n3,50\tx\tx\n7\ty\n7\ty\n[opmerking van Bo] let op\n",
                "Stil\n[verborgen blad]\nkoptekst\nvoettekst\n"
            ]
        );
    }

    #[test]
    fn every_slide_is_a_page_with_its_notes() {
        let (out, outcome) = read_as(Kind::Slides, &of(SLIDES));
        assert_eq!(outcome, Outcome::Whole);
        assert_eq!(out.pages[0], "een\nzeg dit\n");
        assert!(out.pages[1].starts_with("twee\n"));
        assert_eq!(out.pages.len(), 2);
    }

    #[test]
    fn hidden_text_is_marked_whatever_hides_it() {
        let content = r#"<c><style:style style:name="T1" style:family="text"><style:text-properties text:display="none"/></style:style>
            <style:style style:name="P1" style:family="paragraph" style:parent-style-name="Geheim"/>
            <style:style style:name="P2" style:family="paragraph" style:parent-style-name="Geheim"><style:text-properties text:display="true"/></style:style>
            <style:style style:name="T2" style:family="text"/>
            <text:p>voor <text:span text:style-name="T1">stil</text:span> na <text:span text:style-name="T2">gewoon</text:span></text:p>
            <text:p text:style-name="P1">alinea</text:p><text:p text:style-name="P2">toch te zien</text:p>
            <text:section text:display="none"><text:p>deel een</text:p><text:p>deel twee</text:p></text:section>
            <text:section text:display="condition" text:is-hidden="false"><text:p>open deel</text:p></text:section>
            <text:p>veld <text:hidden-text text:string-value="bedrag" text:is-hidden="true">bedrag</text:hidden-text> en <text:hidden-text text:string-value="x">zichtbaar</text:hidden-text></text:p>
            <text:p><text:hidden-paragraph text:is-hidden="true"/>hele alinea</text:p><text:p>slot</text:p></c>"#;
        let styles = r#"<s><style:style style:name="Geheim" style:family="paragraph"><style:text-properties text:display="none"/></style:style></s>"#;
        let bytes = packed(&[("content.xml", content), ("styles.xml", styles)]);
        let (out, outcome) = read_as(Kind::Text, &bytes);
        assert_eq!(outcome, Outcome::Whole);
        assert_eq!(
            out.rest,
            "voor [verborgen: stil] na gewoon\n[verborgen: alinea]\ntoch te zien\n[verborgen: deel een]\n\
             [verborgen: deel twee]\nopen deel\nveld [verborgen: bedrag] en zichtbaar\n[verborgen: hele alinea]\nslot\n"
        );
    }

    #[test]
    fn an_encrypted_document_says_so() {
        let manifest = r#"<m><manifest:file-entry manifest:full-path="content.xml"><manifest:encryption-data/></manifest:file-entry></m>"#;
        let bytes = packed(&[
            ("META-INF/manifest.xml", manifest),
            ("content.xml", "\u{1}x"),
        ]);
        let (_, outcome) = read_as(Kind::Text, &bytes);
        assert_eq!(outcome, Outcome::Unreadable(Reason::Encrypted));
    }

    proptest! {
        #[test]
        fn damage_never_panics(
            cut: prop::sample::Index,
            flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
            noise: Vec<u8>,
        ) {
            for (kind, content) in [(Kind::Text, TEXT), (Kind::Sheet, SHEETS), (Kind::Slides, SLIDES)] {
                survives_damage(&of(content), cut, &flips, |bytes| { read_as(kind, bytes); });
                read_as(kind, &noise);
            }
        }
    }
}
