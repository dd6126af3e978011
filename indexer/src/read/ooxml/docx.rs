//! Word documents: which parts hold text, in which order. Word keeps no pages in its files, so neither do we.

use std::collections::HashSet;

use super::super::package::{Package, Relation, core_properties, main_part};
use super::super::sink::Sink;
use super::super::{Input, Limits, Outcome, Output, Stop};
use super::styles::hiding;
use super::{DRAWN, Shared, drawn, objects, part, styled};

/// Where the body usually lies.
const MAIN: &str = "word/document.xml";

/// Reads one `docx` document.
pub fn read_docx(input: &mut Input, limits: &Limits, output: &mut dyn Output) -> Outcome {
    let mut package = match Package::open(input, limits) {
        Ok(package) => package,
        Err(reason) => return Outcome::Unreadable(reason),
    };
    let mut sink = Sink::new(output);
    let result = document(&mut package, &mut sink);
    let text = sink.finish(result);
    // Without a main part the text told so already.
    let main = main_part(&mut package, MAIN).unwrap_or_default();
    objects(&mut package, &[main], limits, text, output)
}

fn document(package: &mut Package<'_>, sink: &mut Sink<'_>) -> Result<(), Stop> {
    core_properties(package, sink)?;
    let main = match main_part(package, MAIN) {
        Ok(main) => main,
        Err(fault) => return sink.past(Err(fault)),
    };
    let relations = match package.relations(&main) {
        Ok(relations) => relations,
        Err(fault) => {
            sink.past(Err(fault))?;
            Vec::new()
        }
    };
    let mut shared = Shared::default();
    for relation in of_kind(&relations, "styles") {
        // Without its styles all text is still there.
        match hiding(package, &relation.target) {
            Ok(styles) => shared.hiding = styles,
            Err(fault) => sink.past(Err(fault))?,
        }
    }
    styled(package, &main, &shared, sink)?;
    let mut seen = HashSet::new();
    for wanted in ["header", "footer", "footnotes", "endnotes", "comments"] {
        for relation in of_kind(&relations, wanted) {
            if seen.insert(relation.target.clone()) && package.has(&relation.target) {
                styled(package, &relation.target, &shared, sink)?;
                drawn(package, &relation.target, sink)?;
            }
        }
    }
    for relation in relations
        .iter()
        .filter(|r| DRAWN.contains(&r.kind.as_str()))
    {
        if seen.insert(relation.target.clone()) {
            part(package, &relation.target, sink)?;
        }
    }
    Ok(())
}

fn of_kind<'r>(relations: &'r [Relation], kind: &'r str) -> impl Iterator<Item = &'r Relation> {
    relations
        .iter()
        .filter(move |relation| relation.kind == kind)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::super::package::testing::{packed, relations, survives_damage};
    use super::super::super::testing::{Collected, input, limits};
    use super::super::super::{Reason, key};
    use super::*;

    const CORE: &str = r#"<cp:coreProperties><dc:title>Nota Waterbeheer</dc:title>
        <dc:creator>J. de Vries</dc:creator><cp:keywords>water; dijk</cp:keywords>
        <dc:subject>Dijken</dc:subject><dc:description>Tweede versie</dc:description>
        <dcterms:created>2019-03-01T10:00:00Z</dcterms:created>
        <dcterms:modified>2019-04-02T11:00:00Z</dcterms:modified></cp:coreProperties>"#;

    const BODY: &str = r#"<w:document><w:body>
        <w:p><w:pPr><w:tabs><w:tab w:val="left"/></w:tabs></w:pPr><w:r><w:t>Art.</w:t><w:tab/><w:t>5.1</w:t><w:br/><w:t>Woo</w:t></w:r></w:p>
        <w:p><w:r><w:t>Het </w:t></w:r><w:ins><w:r><w:t>nieuwe </w:t></w:r></w:ins><w:del><w:r><w:delText>oude </w:delText></w:r></w:del><w:r><w:t>plan</w:t></w:r></w:p>
        <w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>geheim</w:t></w:r><w:r><w:rPr><w:vanish w:val="0"/><w:rPrChange><w:rPr><w:vanish/></w:rPr></w:rPrChange></w:rPr><w:t>open </w:t></w:r><w:r><w:instrText>PAGEREF x</w:instrText></w:r><w:r><w:t>veldwaarde</w:t></w:r></w:p>
        <w:tbl><w:tr><w:tc><w:p><w:r><w:t>naam</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>bedrag</w:t></w:r></w:p></w:tc></w:tr></w:tbl>
        <w:p><w:r><w:t>rond</w:t></w:r><w:r><mc:AlternateContent><mc:Choice><wps:txbx><w:txbxContent><w:p><w:r><w:t>kadertekst</w:t></w:r></w:p></w:txbxContent></wps:txbx></mc:Choice><mc:Fallback><w:pict><w:txbxContent><w:p><w:r><w:t>kadertekst</w:t></w:r></w:p></w:txbxContent></w:pict></mc:Fallback></mc:AlternateContent></w:r><w:r><w:t>om &amp; om</w:t></w:r></w:p>
        </w:body></w:document>"#;

    fn one(element: &str, text: &str) -> String {
        let name = element.split(' ').next().unwrap();
        format!("<{element}><w:p><w:r><w:t>{text}</w:t></w:r></w:p></{name}>")
    }

    fn whole() -> Vec<u8> {
        let main = relations(&[
            ("r1", "header", "header1.xml"),
            ("r2", "footer", "footer1.xml"),
            ("r3", "footnotes", "footnotes.xml"),
            ("r4", "endnotes", "endnotes.xml"),
            ("r5", "comments", "comments.xml"),
            ("r6", "diagramData", "diagrams/data1.xml"),
            ("r7", "chart", "charts/chart1.xml"),
            ("r8", "glossaryDocument", "glossary/document.xml"),
        ]);
        packed(&[
            (
                "_rels/.rels",
                &relations(&[("r1", "officeDocument", "word/document.xml")]),
            ),
            ("docProps/core.xml", CORE),
            ("word/document.xml", BODY),
            ("word/_rels/document.xml.rels", &main),
            ("word/header1.xml", &one("w:hdr", "koptekst")),
            ("word/footer1.xml", &one("w:ftr", "voettekst")),
            ("word/footnotes.xml", &one("w:footnote", "voetnoot")),
            ("word/endnotes.xml", &one("w:endnote", "eindnoot")),
            (
                "word/comments.xml",
                &one(r#"w:comment w:author="Anja Bos""#, "klopt dit?"),
            ),
            (
                "word/diagrams/data1.xml",
                "<dgm:pt><dgm:t> <a:p><a:r><a:t>stap een</a:t></a:r></a:p></dgm:t></dgm:pt>",
            ),
            (
                "word/charts/chart1.xml",
                "<c:chart><c:strCache><c:pt><c:v>reeks</c:v></c:pt></c:strCache><c:numCache><c:pt><c:v>3.5</c:v></c:pt></c:numCache></c:chart>",
            ),
            ("word/glossary/document.xml", &one("w:body", "bouwsteen")),
        ])
    }

    fn read(bytes: &[u8], limits: &Limits) -> (Collected, Outcome) {
        let mut out = Collected::default();
        let outcome = read_docx(&mut input("nota.docx", bytes), limits, &mut out);
        (out, outcome)
    }

    #[test]
    fn every_part_is_read_once_in_order() {
        let (out, outcome) = read(&whole(), &limits());
        assert_eq!(outcome, Outcome::Whole);
        assert!(out.pages.is_empty());
        assert_eq!(
            out.rest,
            "Art.\t5.1\nWoo\nHet nieuwe [verwijderd: oude] plan\n[verborgen: geheim] open veldwaarde\nnaam\tbedrag\n\
             rondom & om\nkadertekst\nkoptekst\nvoettekst\nvoetnoot\neindnoot\n\
             [opmerking van Anja Bos] klopt dit?\nstap een\nreeks\n"
        );
        assert_eq!(out.values(key::TITLE), ["Nota Waterbeheer"]);
        assert_eq!(out.values(key::AUTHOR), ["J. de Vries"]);
        assert_eq!(out.values(key::CREATED), ["2019-03-01T10:00:00Z"]);
        assert_eq!(out.values(key::MODIFIED), ["2019-04-02T11:00:00Z"]);
        assert_eq!(out.values(key::KEYWORDS), ["water; dijk"]);
        assert_eq!(out.values(key::DESCRIPTION), ["Dijken", "Tweede versie"]);
    }

    #[test]
    fn text_that_a_style_hides_is_marked() {
        let styles = r#"<w:styles><w:style w:styleId="Stil"><w:rPr><w:vanish/></w:rPr></w:style>
            <w:style w:styleId="Kind"><w:basedOn w:val="Stil"/></w:style>
            <w:style w:styleId="Open"><w:basedOn w:val="Stil"/><w:rPr><w:vanish w:val="0"/></w:rPr></w:style>
            <w:style w:styleId="Merk"><w:pPr><w:rPr><w:vanish/></w:rPr></w:pPr></w:style></w:styles>"#;
        let paragraph = |style: &str, runs: &str| {
            format!(r#"<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>{runs}</w:p>"#)
        };
        let run = |properties: &str, text: &str| {
            format!("<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>")
        };
        let body = [
            paragraph(
                "Gewoon",
                &[
                    run("", "voor "),
                    run(r#"<w:rStyle w:val="Stil"/>"#, "geheim"),
                    run("", "na"),
                ]
                .concat(),
            ),
            paragraph(
                "Kind",
                &[
                    run("", "alinea"),
                    run(r#"<w:vanish w:val="0"/>"#, " zichtbaar"),
                ]
                .concat(),
            ),
            paragraph("Open", &run("", "open")),
            paragraph("Merk", &run("", "merk")),
        ];
        let bytes = packed(&[
            (
                "word/document.xml",
                &format!("<w:body>{}</w:body>", body.concat()),
            ),
            (
                "word/_rels/document.xml.rels",
                &relations(&[("s", "styles", "styles.xml")]),
            ),
            ("word/styles.xml", styles),
        ]);
        let (out, outcome) = read(&bytes, &limits());
        assert_eq!(outcome, Outcome::Whole);
        assert_eq!(
            out.rest,
            "voor [verborgen: geheim] na\n[verborgen: alinea] zichtbaar\nopen\nmerk\n"
        );
    }

    #[test]
    fn a_missing_main_part_is_named() {
        let (_, outcome) = read(&packed(&[("docProps/core.xml", CORE)]), &limits());
        let Outcome::Unreadable(reason) = outcome else {
            panic!("{outcome:?}");
        };
        assert_eq!(
            reason.to_string(),
            "beschadigd: er ontbreekt een onderdeel: word/document.xml"
        );
    }

    #[test]
    fn text_before_the_damage_stays() {
        let broken = BODY.replace("<w:tbl>", "<w:tbl></w:p>");
        let (out, outcome) = read(&packed(&[("word/document.xml", &broken)]), &limits());
        assert!(
            matches!(outcome, Outcome::Partial(Reason::Broken(_))),
            "{outcome:?}"
        );
        assert!(out.rest.starts_with("Art.\t5.1\n"));
        assert!(out.rest.contains("[verborgen: geheim] open veldwaarde"));
    }

    #[test]
    fn a_bomb_stops_at_the_limit() {
        let body = format!("<w:p><w:t>begin</w:t>{}</w:p>", " ".repeat(40 << 20));
        let tight = Limits {
            ratio: 100,
            ..limits()
        };
        let (_, outcome) = read(&packed(&[("word/document.xml", &body)]), &tight);
        let (Outcome::Partial(reason) | Outcome::Unreadable(reason)) = outcome else {
            panic!("{outcome:?}");
        };
        assert_eq!(
            reason.to_string(),
            "grens bereikt: uitgepakt meer dan 100 keer zo groot als ingepakt"
        );
    }

    #[test]
    fn a_stop_ends_the_reading_at_once() {
        let mut out = Collected {
            stop_after: Some(3),
            ..Collected::default()
        };
        let outcome = read_docx(&mut input("nota.docx", &whole()), &limits(), &mut out);
        assert_eq!(
            outcome,
            Outcome::Partial(Reason::Limit("te veel tekst".into()))
        );
    }

    proptest! {
        #[test]
        fn damage_never_panics(
            cut: prop::sample::Index,
            flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
            noise: Vec<u8>,
        ) {
            survives_damage(&whole(), cut, &flips, |bytes| { read(bytes, &limits()); });
            read(&noise, &limits());
        }
    }
}
