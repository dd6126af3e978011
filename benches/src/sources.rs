//! Documents to convert: flat OpenDocument text, sheets and slides that use every part of a document where text
//! can hide. Each part holds a word of its own (a mark), so that what an engine loses has a name. Never runs
//! another program.

use std::fmt::Write;

/// A document to convert.
pub struct Source {
    /// Name without extension.
    pub name: String,
    /// `fodt`, `fods` or `fodp`.
    pub kind: &'static str,
    /// Its contents.
    pub xml: String,
    /// The words that stand in one part only; they start with `zv`.
    pub marks: Vec<String>,
}

const HEAD: &str = concat!(
    r#"<?xml version="1.0" encoding="UTF-8"?><office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" "#,
    r#"xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" "#,
    r#"xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" "#,
    r#"xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0" xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0" "#,
    r#"xmlns:presentation="urn:oasis:names:tc:opendocument:xmlns:presentation:1.0" xmlns:dc="http://purl.org/dc/elements/1.1/" "#,
    r#"xmlns:meta="urn:oasis:names:tc:opendocument:xmlns:meta:1.0" xmlns:xlink="http://www.w3.org/1999/xlink" "#,
    r#"xmlns:of="urn:oasis:names:tc:opendocument:xmlns:of:1.2" xmlns:loext="urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0" office:version="1.3" "#,
);

const WORDS: &str = "de het een van gemeente Waterveen besluit vergunning raad college aanvraag omgevingswet \
    bezwaar inwoners financiële coördinatie geïnformeerd beëindiging zoëven privé 's-avonds € 1.250,00 artikel \
    wethouder begroting ambtenaar geheimhouding hoorzitting dijkverzwaring waterschap hoogwaterbeschermingsprogramma \
    subsidieverlening termijn bijlage op in met voor door over tegen zonder werd heeft wordt zijn niet ook dat die";

/// Dutch sentences, the same for the same seed.
pub fn prose(seed: u64, sentences: u64) -> String {
    let words: Vec<&str> = WORDS.split_whitespace().collect();
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut next = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let mut text = String::new();
    for _ in 0..sentences {
        for at in 0..6 + next() % 12 {
            if at > 0 {
                text.push(' ');
            }
            text.push_str(words[(next() % words.len() as u64) as usize]);
        }
        text.push_str(". ");
    }
    text
}

/// Collects the marks of one document.
struct Marks {
    number: usize,
    marks: Vec<String>,
}

impl Marks {
    fn mark(&mut self, part: &str) -> String {
        let mark = format!("zv{part}{}", self.number);
        self.marks.push(mark.clone());
        mark
    }
}

/// All documents to convert: `each` of every kind.
pub fn all(each: usize) -> Vec<Source> {
    let kinds = [
        ("fodt", text as fn(&mut Marks) -> String),
        ("fods", sheet),
        ("fodp", slides),
    ];
    let made = kinds.into_iter().flat_map(|(kind, write)| {
        (0..each).map(move |number| {
            let mut marks = Marks {
                number,
                marks: Vec::new(),
            };
            let xml = write(&mut marks);
            Source {
                name: format!("eigen-{kind}-{number}"),
                kind,
                xml,
                marks: marks.marks,
            }
        })
    });
    made.collect()
}

fn change(id: &str, kind: &str, inner: &str) -> String {
    format!(
        "<text:changed-region xml:id=\"{id}\" text:id=\"{id}\"><text:{kind}><office:change-info><dc:creator>J. Wijziger</dc:creator>\
         <dc:date>2024-03-01T10:00:00</dc:date></office:change-info>{inner}</text:{kind}></text:changed-region>"
    )
}

fn annotation(text: &str) -> String {
    format!(
        "<office:annotation><dc:creator>M. Lezer</dc:creator><dc:date>2024-03-02T09:00:00</dc:date>\
         <text:p>{text}</text:p></office:annotation>"
    )
}

fn note(class: &str, number: usize, text: &str) -> String {
    format!(
        "<text:note text:id=\"{class}{number}\" text:note-class=\"{class}\"><text:note-citation>1</text:note-citation>\
         <text:note-body><text:p>{text}</text:p></text:note-body></text:note>"
    )
}

fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.first().map_or(0, Vec::len);
    let mut xml = format!(
        "<table:table table:name=\"Tabel\"><table:table-column table:number-columns-repeated=\"{columns}\"/>"
    );
    for row in rows {
        xml.push_str("<table:table-row>");
        for cell in row {
            let cell = if cell.starts_with('<') {
                cell.clone()
            } else {
                format!("<text:p>{cell}</text:p>")
            };
            let _ = write!(
                xml,
                "<table:table-cell office:value-type=\"string\">{cell}</table:table-cell>"
            );
        }
        xml.push_str("</table:table-row>");
    }
    xml + "</table:table>"
}

fn text(marks: &mut Marks) -> String {
    let n = marks.number;
    let seed = n as u64 * 100;
    let mut m = |part: &str| marks.mark(part);
    let mut xml = format!(
        "{HEAD}office:mimetype=\"application/vnd.oasis.opendocument.text\">\
         <office:meta><dc:title>Raadsvoorstel {}</dc:title><dc:subject>Dijk</dc:subject></office:meta>\
         <office:automatic-styles><style:page-layout style:name=\"pl\"><style:page-layout-properties fo:page-width=\"21cm\" fo:page-height=\"29.7cm\" fo:margin=\"2cm\"/>\
         <style:header-style/><style:footer-style/></style:page-layout>\
         <style:style style:name=\"verborgen\" style:family=\"text\"><style:text-properties text:display=\"none\"/></style:style>\
         <style:style style:name=\"klein\" style:family=\"text\"><style:text-properties fo:font-variant=\"small-caps\" fo:font-weight=\"bold\"/></style:style>\
         <style:style style:name=\"wit\" style:family=\"text\"><style:text-properties fo:color=\"#ffffff\"/></style:style>\
         </office:automatic-styles>\
         <office:master-styles><style:master-page style:name=\"Standard\" style:page-layout-name=\"pl\">\
         <style:header><text:p>Koptekst {}</text:p></style:header><style:footer><text:p>Voettekst {} blad <text:page-number/></text:p></style:footer>\
         </style:master-page></office:master-styles><office:body><office:text>",
        m("titel"),
        m("koptekst"),
        m("voettekst")
    );
    let _ = write!(
        xml,
        "<text:tracked-changes text:track-changes=\"true\">{}{}</text:tracked-changes>",
        change("ct1", "insertion", ""),
        change(
            "ct2",
            "deletion",
            &format!("<text:p>{} geschrapte woorden </text:p>", m("geschrapt"))
        )
    );
    let _ = write!(
        xml,
        "<text:h text:outline-level=\"1\">Hoofdstuk {}</text:h>",
        m("kop")
    );
    for at in 0..3 + n as u64 * 2 {
        let _ = write!(xml, "<text:p>{}</text:p>", prose(seed + at, 4));
    }
    let _ = write!(
        xml,
        "<text:p>Met een noot{} en een eindnoot{} en een opmerking{} erbij.</text:p>",
        note("footnote", n, &m("voetnoot")),
        note("endnote", n, &m("eindnoot")),
        annotation(&m("opmerking"))
    );
    let _ = write!(
        xml,
        "<text:p>Wijziging: <text:change-start text:change-id=\"ct1\"/>{} ingevoegde woorden<text:change-end text:change-id=\"ct1\"/> en \
         hier<text:change text:change-id=\"ct2\"/> was iets.</text:p>",
        m("ingevoegd")
    );
    let _ = write!(
        xml,
        "<text:p>Stijl: <text:span text:style-name=\"verborgen\">{}</text:span> <text:span text:style-name=\"klein\">{}</text:span> \
         <text:span text:style-name=\"wit\">{}</text:span> <text:a xlink:href=\"https://voorbeeld.example/{n}\">{}</text:a><text:tab/>na<text:line-break/>regel<text:s text:c=\"3\"/>{}</text:p>",
        m("verborgen"),
        m("klein"),
        m("wit"),
        m("verwijzing"),
        m("spaties")
    );
    let _ = write!(
        xml,
        "<text:p><draw:frame text:anchor-type=\"paragraph\" svg:width=\"6cm\" svg:height=\"2cm\"><draw:text-box><text:p>{}</text:p></draw:text-box></draw:frame>\
         <draw:custom-shape text:anchor-type=\"paragraph\" svg:width=\"4cm\" svg:height=\"2cm\" svg:x=\"8cm\" svg:y=\"1cm\"><text:p>{}</text:p></draw:custom-shape>Kader.</text:p>",
        m("kader"),
        m("vorm")
    );
    let inner = table(&[vec![m("celincel"), "2".into()]]);
    xml.push_str(&table(&[
        vec![m("cel"), "bedrag".into()],
        vec!["€ 12,50".into(), annotated(&m("celopmerking"))],
        vec![inner + "<text:p/>", "x".into()],
    ]));
    let _ = write!(
        xml,
        "<text:list><text:list-item><text:p>{}</text:p><text:list><text:list-item><text:p>{}</text:p></text:list-item></text:list></text:list-item></text:list>\
         <text:section text:name=\"Deel\"><text:p>{}</text:p></text:section>\
         <text:p>Slot {} van het stuk.</text:p></office:text></office:body></office:document>",
        m("lijst"),
        m("sublijst"),
        m("sectie"),
        m("slot")
    );
    xml
}

fn annotated(text: &str) -> String {
    format!("<text:p>cel{}</text:p>", annotation(text))
}

fn cell(kind: &str, value: &str, shown: &str) -> String {
    let value = match kind {
        "string" => String::new(),
        "date" => format!(" office:date-value=\"{value}\""),
        "boolean" => format!(" office:boolean-value=\"{value}\""),
        _ => format!(" office:value=\"{value}\""),
    };
    format!(
        "<table:table-cell office:value-type=\"{kind}\"{value}><text:p>{shown}</text:p></table:table-cell>"
    )
}

fn sheet(marks: &mut Marks) -> String {
    let n = marks.number;
    let mut m = |part: &str| marks.mark(part);
    let mut xml = format!(
        "{HEAD}office:mimetype=\"application/vnd.oasis.opendocument.spreadsheet\">\
         <office:meta><dc:title>Begroting {}</dc:title></office:meta>\
         <office:automatic-styles><style:style style:name=\"weg\" style:family=\"table\" style:master-page-name=\"Blad\"><style:table-properties table:display=\"false\"/></style:style>\
         <style:style style:name=\"ta\" style:family=\"table\" style:master-page-name=\"Blad\"><style:table-properties table:display=\"true\"/></style:style>\
         <style:page-layout style:name=\"pl\"><style:header-style/><style:footer-style/></style:page-layout></office:automatic-styles>\
         <office:master-styles><style:master-page style:name=\"Blad\" style:page-layout-name=\"pl\">\
         <style:header><text:p>{}</text:p></style:header><style:footer><text:p>{}</text:p></style:footer></style:master-page></office:master-styles>\
         <office:body><office:spreadsheet>",
        m("titel"),
        m("koptekst"),
        m("voettekst")
    );
    let _ = write!(
        xml,
        "<table:table table:name=\"Blad {}\" table:style-name=\"ta\"><table:table-column table:number-columns-repeated=\"6\"/>",
        m("bladnaam")
    );
    let _ = write!(
        xml,
        "<table:table-row>{}<table:table-cell office:value-type=\"string\">{}<text:p>met</text:p></table:table-cell>\
         <table:table-cell table:number-columns-spanned=\"2\" office:value-type=\"string\"><text:p>{}</text:p><text:p>tweede {}</text:p></table:table-cell></table:table-row>",
        cell("string", "", &m("cel")),
        annotation(&m("opmerking")),
        m("breed"),
        m("regel")
    );
    for row in 0..20 + n as u64 * 30 {
        let value = (row * 7919 + n as u64 * 131) % 100_000;
        let _ = write!(
            xml,
            "<table:table-row>{}{}{}{}{}<table:table-cell table:formula=\"of:=[.A{}]*2\" office:value-type=\"float\" office:value=\"{}\"><text:p>{}</text:p></table:table-cell></table:table-row>",
            cell("float", &value.to_string(), &value.to_string()),
            cell("string", "", prose(row + n as u64 * 1000, 1).trim_end()),
            cell(
                "date",
                &format!("2024-0{}-1{}", 1 + row % 9, row % 10),
                &format!("1{}-0{}-2024", row % 10, 1 + row % 9)
            ),
            cell("percentage", "0.125", "12,5%"),
            cell("boolean", "true", "WAAR"),
            row + 2,
            value * 2,
            value * 2
        );
    }
    let _ = write!(
        xml,
        "<table:table-row><table:table-cell table:formula=\"of:=&quot;zv&quot;&amp;&quot;formule{n}&quot;\" office:value-type=\"string\"><text:p>{}</text:p></table:table-cell></table:table-row>\
         <table:table-row table:visibility=\"collapse\">{}</table:table-row>\
         <table:shapes><draw:frame svg:width=\"4cm\" svg:height=\"2cm\" svg:x=\"1cm\" svg:y=\"1cm\"><draw:text-box><text:p>{}</text:p></draw:text-box></draw:frame></table:shapes></table:table>",
        m("formule"),
        cell("string", "", &m("rijweg")),
        m("vorm")
    );
    let _ = write!(
        xml,
        "<table:table table:name=\"Weg\" table:style-name=\"weg\"><table:table-column/><table:table-row>{}</table:table-row></table:table>\
         <table:table table:name=\"Ver\" table:style-name=\"ta\"><table:table-column table:number-columns-repeated=\"200\"/><table:table-row table:number-rows-repeated=\"5000\"><table:table-cell/></table:table-row>\
         <table:table-row><table:table-cell table:number-columns-repeated=\"150\"/>{}</table:table-row></table:table>\
         </office:spreadsheet></office:body></office:document>",
        cell("string", "", &m("verborgenblad")),
        cell("string", "", &m("ver"))
    );
    // Shapes belong in front of the rows.
    let (Some(start), Some(end)) = (xml.find("<table:shapes>"), xml.find("</table:shapes>")) else {
        return xml;
    };
    let shapes = xml[start..end + "</table:shapes>".len()].to_owned();
    let mut moved = xml.replacen(&shapes, "", 1);
    if let Some(at) = moved.find("<table:table-column") {
        moved.insert_str(at, &shapes);
    }
    moved
}

fn frame(class: &str, y: u64, text: &str) -> String {
    let class = match class {
        "" => String::new(),
        class => format!(" presentation:class=\"{class}\""),
    };
    format!(
        "<draw:frame{class} svg:width=\"20cm\" svg:height=\"3cm\" svg:x=\"2cm\" svg:y=\"{y}cm\"><draw:text-box>{text}</draw:text-box></draw:frame>"
    )
}

fn slides(marks: &mut Marks) -> String {
    let n = marks.number;
    let mut m = |part: &str| marks.mark(part);
    let mut xml = format!(
        "{HEAD}office:mimetype=\"application/vnd.oasis.opendocument.presentation\"><office:meta><dc:title>{}</dc:title></office:meta>\
         <office:automatic-styles><style:page-layout style:name=\"pm\"><style:page-layout-properties fo:page-width=\"28cm\" fo:page-height=\"21cm\"/></style:page-layout>\
         <style:style style:name=\"dpweg\" style:family=\"drawing-page\"><style:drawing-page-properties presentation:visibility=\"hidden\"/></style:style>\
         <style:style style:name=\"dp\" style:family=\"drawing-page\"><style:drawing-page-properties presentation:display-footer=\"true\"/></style:style></office:automatic-styles>\
         <office:master-styles><style:master-page style:name=\"M\" style:page-layout-name=\"pm\">{}</style:master-page></office:master-styles>\
         <office:body><office:presentation><presentation:footer-decl presentation:name=\"f1\">{}</presentation:footer-decl>",
        m("titel"),
        frame("footer", 19, "<text:p><presentation:footer/></text:p>"),
        m("voettekst")
    );
    for page in 0..2 + n {
        let items: String = (0..4)
            .map(|item| {
                format!(
                    "<text:list-item><text:p>{}</text:p></text:list-item>",
                    prose((n * 50 + page * 5 + item) as u64, 1)
                )
            })
            .collect();
        let _ = write!(
            xml,
            "<draw:page draw:name=\"p{page}\" draw:style-name=\"dp\" draw:master-page-name=\"M\" presentation:use-footer-name=\"f1\">{}{}",
            frame(
                "title",
                1,
                &format!("<text:p>Dia {page} over de dijk</text:p>")
            ),
            frame("outline", 5, &format!("<text:list>{items}</text:list>"))
        );
        if page == 0 {
            let rows = table(&[
                vec![m("cel"), "2024".into()],
                vec!["tekst".into(), m("tweedecel")],
            ]);
            let _ = write!(
                xml,
                "{}<draw:custom-shape svg:width=\"5cm\" svg:height=\"2cm\" svg:x=\"2cm\" svg:y=\"13cm\"><text:p>{}</text:p></draw:custom-shape>\
                 <draw:g><draw:rect svg:width=\"5cm\" svg:height=\"2cm\" svg:x=\"9cm\" svg:y=\"13cm\"><text:p>{}</text:p></draw:rect></draw:g>\
                 <draw:frame svg:width=\"12cm\" svg:height=\"3cm\" svg:x=\"15cm\" svg:y=\"13cm\">{rows}</draw:frame>\
                 <office:annotation svg:x=\"1cm\" svg:y=\"1cm\"><dc:creator>M. Lezer</dc:creator><dc:date>2024-03-02T09:00:00</dc:date><text:p>{}</text:p></office:annotation>\
                 <presentation:notes><draw:page-thumbnail svg:width=\"5cm\" svg:height=\"4cm\" svg:x=\"1cm\" svg:y=\"1cm\"/>{}</presentation:notes>",
                frame(
                    "",
                    16,
                    &format!(
                        "<text:p>{}<text:line-break/>{}</text:p>",
                        m("tekstvak"),
                        m("naregel")
                    )
                ),
                m("vorm"),
                m("groep"),
                m("opmerking"),
                frame("notes", 10, &format!("<text:p>{}</text:p>", m("notitie")))
            );
        }
        xml.push_str("</draw:page>");
    }
    let _ = write!(
        xml,
        "<draw:page draw:name=\"weg\" draw:style-name=\"dpweg\" draw:master-page-name=\"M\">{}</draw:page>\
         </office:presentation></office:body></office:document>",
        frame(
            "title",
            1,
            &format!("<text:p>{}</text:p>", m("verborgendia"))
        )
    );
    xml
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mark_stands_in_its_document_and_every_document_is_whole() {
        for source in all(2) {
            for mark in &source.marks {
                assert!(
                    source.xml.contains(mark.as_str()),
                    "{mark} in {}",
                    source.name
                );
            }
            assert!(source.xml.ends_with("</office:document>"));
            assert_eq!(
                source.xml.matches("<table:table-cell").count(),
                source.xml.matches("</table:table-cell>").count()
                    + source.xml.matches("<table:table-cell/>").count()
                    + source.xml.matches("repeated=\"150\"/>").count()
            );
        }
        assert_eq!(prose(7, 3), prose(7, 3));
    }
}
