//! Writes Word, Excel and PowerPoint files: the smallest parts that office programs accept as whole files.
//! Never reads one; the texts come from the table.

use std::io;

use super::Text;
use super::markup::{Block, blocks, sheets, slides, xml};
use super::pack::{Member, zip};

const MAIN: &str = "http://schemas.openxmlformats.org/";
const XML: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";

/// The title and the blocks of a text as Word paragraphs and tables.
fn word_body(text: &Text) -> String {
    let mut body = word_paragraph("Title", text.title);
    let mut rows = String::new();
    for block in blocks(text.body) {
        if !matches!(block, Block::Row(_)) {
            body.push_str(&word_table(&std::mem::take(&mut rows)));
        }
        match block {
            Block::Heading(heading) => body.push_str(&word_paragraph("Heading1", &heading)),
            Block::Paragraph(running) | Block::Line(running) => {
                body.push_str(&word_paragraph("Normal", &running))
            }
            Block::Item(item) => body.push_str(&word_paragraph("ListBullet", &format!("• {item}"))),
            Block::Row(cells) => {
                let cells: String = cells
                    .iter()
                    .map(|cell| {
                        format!(
                            "<w:tc><w:tcPr><w:tcW w:w=\"0\" w:type=\"auto\"/></w:tcPr>{}</w:tc>",
                            word_paragraph("Normal", cell)
                        )
                    })
                    .collect();
                rows.push_str(&format!("<w:tr>{cells}</w:tr>"));
            }
            Block::PageEnd => body.push_str("<w:p><w:r><w:br w:type=\"page\"/></w:r></w:p>"),
        }
    }
    body.push_str(&word_table(&rows));
    body
}

/// A Word file with headings, lists and tables.
pub fn docx(text: &Text) -> io::Result<Vec<u8>> {
    let body = word_body(text);
    let space = format!("xmlns:w=\"{MAIN}wordprocessingml/2006/main\"");
    let document =
        format!("{XML}<w:document {space}><w:body>{body}<w:sectPr/></w:body></w:document>");
    let style = |id: &str, size: u8| {
        format!(
            "<w:style w:type=\"paragraph\" w:styleId=\"{id}\"><w:name w:val=\"{id}\"/><w:rPr><w:sz w:val=\"{size}\"/></w:rPr></w:style>"
        )
    };
    let styles = format!(
        "{XML}<w:styles {space}>{}{}{}{}</w:styles>",
        style("Normal", 22),
        style("Title", 36),
        style("Heading1", 28),
        style("ListBullet", 22)
    );
    let word = "application/vnd.openxmlformats-officedocument.wordprocessingml";
    let parts = [
        Part::new(
            "word/document.xml",
            &format!("{word}.document.main+xml"),
            document,
        ),
        Part::new("word/styles.xml", &format!("{word}.styles+xml"), styles),
    ];
    let links = [(
        "word/document.xml".to_owned(),
        vec![("styles", "styles.xml".to_owned())],
    )];
    package(text, "word/document.xml", &parts, &links)
}

fn word_paragraph(style: &str, text: &str) -> String {
    format!(
        "<w:p><w:pPr><w:pStyle w:val=\"{style}\"/></w:pPr><w:r><w:t xml:space=\"preserve\">{}</w:t></w:r></w:p>",
        xml(text)
    )
}

fn word_table(rows: &str) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let columns = rows
        .split("</w:tr>")
        .next()
        .unwrap_or_default()
        .matches("<w:tc>")
        .count();
    format!(
        "<w:tbl><w:tblPr><w:tblW w:w=\"0\" w:type=\"auto\"/></w:tblPr><w:tblGrid>{}</w:tblGrid>{rows}</w:tbl><w:p/>",
        "<w:gridCol w:w=\"2400\"/>".repeat(columns)
    )
}

/// An Excel file; cells that are a number are stored as one.
pub fn xlsx(text: &Text) -> io::Result<Vec<u8>> {
    let sheet_type = "application/vnd.openxmlformats-officedocument.spreadsheetml";
    let space = format!("xmlns=\"{MAIN}spreadsheetml/2006/main\"");
    let mut parts = Vec::new();
    let mut names = String::new();
    let mut targets = Vec::new();
    for (at, (name, rows)) in sheets(text.body).into_iter().enumerate() {
        let number = at + 1;
        names.push_str(&format!(
            "<sheet name=\"{}\" sheetId=\"{number}\" r:id=\"rId{number}\"/>",
            xml(&name)
        ));
        targets.push(("worksheet", format!("worksheets/sheet{number}.xml")));
        let rows: String = rows
            .iter()
            .enumerate()
            .map(|(row, cells)| excel_row(row + 1, cells))
            .collect();
        parts.push(Part::new(
            &format!("xl/worksheets/sheet{number}.xml"),
            &format!("{sheet_type}.worksheet+xml"),
            format!("{XML}<worksheet {space}><sheetData>{rows}</sheetData></worksheet>"),
        ));
    }
    let book = format!(
        "{XML}<workbook {space} xmlns:r=\"{MAIN}officeDocument/2006/relationships\"><sheets>{names}</sheets></workbook>"
    );
    parts.insert(
        0,
        Part::new(
            "xl/workbook.xml",
            &format!("{sheet_type}.sheet.main+xml"),
            book,
        ),
    );
    package(
        text,
        "xl/workbook.xml",
        &parts,
        &[("xl/workbook.xml".to_owned(), targets)],
    )
}

fn excel_row(row: usize, cells: &[String]) -> String {
    let cells: String = cells
        .iter()
        .zip('A'..='Z')
        .map(|(cell, column)| {
            if cell.parse::<f64>().is_ok() {
                format!("<c r=\"{column}{row}\"><v>{cell}</v></c>")
            } else {
                format!(
                    "<c r=\"{column}{row}\" t=\"inlineStr\"><is><t>{}</t></is></c>",
                    xml(cell)
                )
            }
        })
        .collect();
    format!("<row r=\"{row}\">{cells}</row>")
}

const SLIDES: &str = "application/vnd.openxmlformats-officedocument.presentationml";

/// A PowerPoint file: a slide for each heading.
pub fn pptx(text: &Text) -> io::Result<Vec<u8>> {
    let slides: Vec<(String, String)> = slides(text.body)
        .iter()
        .enumerate()
        .map(|(at, (title, lines))| {
            let title = slide_shape(2, "title", std::slice::from_ref(title));
            let shapes = title + &slide_shape(3, "body", lines);
            (
                format!("slides/slide{}.xml", at + 1),
                slide_part("sld", &shapes, ""),
            )
        })
        .collect();
    let mut parts = vec![
        presentation(slides.len()),
        Part::new(
            "ppt/slideMasters/slideMaster1.xml",
            &format!("{SLIDES}.slideMaster+xml"),
            slide_part("sldMaster", "", MASTER_END),
        ),
        Part::new(
            "ppt/slideLayouts/slideLayout1.xml",
            &format!("{SLIDES}.slideLayout+xml"),
            slide_part("sldLayout", "", ""),
        ),
        Part::new(
            "ppt/theme/theme1.xml",
            "application/vnd.openxmlformats-officedocument.theme+xml",
            theme(),
        ),
    ];
    let master = "slideMasters/slideMaster1.xml";
    let layout = ("slideLayout", "../slideLayouts/slideLayout1.xml".to_owned());
    let theme = ("theme", "../theme/theme1.xml".to_owned());
    let mut targets = vec![("slideMaster", master.to_owned())];
    let mut links = vec![
        (format!("ppt/{master}"), vec![layout.clone(), theme]),
        (
            "ppt/slideLayouts/slideLayout1.xml".to_owned(),
            vec![("slideMaster", format!("../{master}"))],
        ),
    ];
    for (name, slide) in slides {
        let path = format!("ppt/{name}");
        parts.push(Part::new(&path, &format!("{SLIDES}.slide+xml"), slide));
        targets.push(("slide", name));
        links.push((path, vec![layout.clone()]));
    }
    links.push(("ppt/presentation.xml".to_owned(), targets));
    package(text, "ppt/presentation.xml", &parts, &links)
}

/// The part that lists the slides; relation 1 is the master, the slides come after it.
fn presentation(slides: usize) -> Part {
    let list: String = (1..=slides)
        .map(|at| format!("<p:sldId id=\"{}\" r:id=\"rId{}\"/>", 256 + at, at + 1))
        .collect();
    let data = format!(
        "{XML}<p:presentation {}><p:sldMasterIdLst><p:sldMasterId id=\"2147483648\" r:id=\"rId1\"/>\
         </p:sldMasterIdLst><p:sldIdLst>{list}</p:sldIdLst><p:sldSz cx=\"9144000\" cy=\"6858000\"/>\
         <p:notesSz cx=\"6858000\" cy=\"9144000\"/></p:presentation>",
        slide_spaces()
    );
    let kind = format!("{SLIDES}.presentation.main+xml");
    Part::new("ppt/presentation.xml", &kind, data)
}

/// A slide, a layout or a master with these shapes.
fn slide_part(element: &str, shapes: &str, end: &str) -> String {
    format!(
        "{XML}<p:{element} {}><p:cSld><p:spTree><p:nvGrpSpPr><p:cNvPr id=\"1\" name=\"\"/><p:cNvGrpSpPr/>\
         <p:nvPr/></p:nvGrpSpPr><p:grpSpPr/>{shapes}</p:spTree></p:cSld>{end}</p:{element}>",
        slide_spaces()
    )
}

fn slide_spaces() -> String {
    format!(
        "xmlns:a=\"{MAIN}drawingml/2006/main\" xmlns:r=\"{MAIN}officeDocument/2006/relationships\" \
         xmlns:p=\"{MAIN}presentationml/2006/main\""
    )
}

const MASTER_END: &str = "<p:clrMap bg1=\"lt1\" tx1=\"dk1\" bg2=\"lt2\" tx2=\"dk2\" accent1=\"accent1\" \
    accent2=\"accent2\" accent3=\"accent3\" accent4=\"accent4\" accent5=\"accent5\" accent6=\"accent6\" \
    hlink=\"hlink\" folHlink=\"folHlink\"/><p:sldLayoutIdLst><p:sldLayoutId id=\"2147483649\" r:id=\"rId1\"/>\
    </p:sldLayoutIdLst>";

fn slide_shape(id: u8, kind: &str, lines: &[String]) -> String {
    let (y, height) = if kind == "title" {
        (300_000, 1_100_000)
    } else {
        (1_600_000, 4_800_000)
    };
    let paragraphs: String = lines
        .iter()
        .map(|line| format!("<a:p><a:r><a:t>{}</a:t></a:r></a:p>", xml(line)))
        .collect();
    let empty = if lines.is_empty() { "<a:p/>" } else { "" };
    format!(
        "<p:sp><p:nvSpPr><p:cNvPr id=\"{id}\" name=\"{kind}\"/><p:cNvSpPr/><p:nvPr><p:ph type=\"{kind}\"/></p:nvPr>\
         </p:nvSpPr><p:spPr><a:xfrm><a:off x=\"450000\" y=\"{y}\"/><a:ext cx=\"8200000\" cy=\"{height}\"/></a:xfrm>\
         </p:spPr><p:txBody><a:bodyPr/>{paragraphs}{empty}</p:txBody></p:sp>"
    )
}

/// The theme that PowerPoint demands: twelve colours, two fonts and three times three plain styles.
fn theme() -> String {
    let colours: String = [
        ("dk1", "000000"),
        ("lt1", "FFFFFF"),
        ("dk2", "154273"),
        ("lt2", "F3F3F3"),
        ("accent1", "01689B"),
        ("accent2", "39870C"),
        ("accent3", "E17000"),
        ("accent4", "A90061"),
        ("accent5", "42145F"),
        ("accent6", "673327"),
        ("hlink", "01689B"),
        ("folHlink", "42145F"),
    ]
    .iter()
    .map(|(name, colour)| format!("<a:{name}><a:srgbClr val=\"{colour}\"/></a:{name}>"))
    .collect();
    let font = |name: &str| {
        format!(
            "<a:{name}><a:latin typeface=\"Arial\"/><a:ea typeface=\"\"/><a:cs typeface=\"\"/></a:{name}>"
        )
    };
    let fill = "<a:solidFill><a:schemeClr val=\"phClr\"/></a:solidFill>";
    let line = format!("<a:ln>{fill}</a:ln>");
    let effect = "<a:effectStyle><a:effectLst/></a:effectStyle>";
    format!(
        "{XML}<a:theme xmlns:a=\"{MAIN}drawingml/2006/main\" name=\"Waterveen\"><a:themeElements>\
         <a:clrScheme name=\"Waterveen\">{colours}</a:clrScheme><a:fontScheme name=\"Waterveen\">{}{}</a:fontScheme>\
         <a:fmtScheme name=\"Waterveen\"><a:fillStyleLst>{}</a:fillStyleLst><a:lnStyleLst>{}</a:lnStyleLst>\
         <a:effectStyleLst>{}</a:effectStyleLst><a:bgFillStyleLst>{}</a:bgFillStyleLst></a:fmtScheme>\
         </a:themeElements></a:theme>",
        font("majorFont"),
        font("minorFont"),
        fill.repeat(3),
        line.repeat(3),
        effect.repeat(3),
        fill.repeat(3)
    )
}

struct Part {
    name: String,
    kind: String,
    data: String,
}

impl Part {
    fn new(name: &str, kind: &str, data: String) -> Self {
        Self {
            name: name.to_owned(),
            kind: kind.to_owned(),
            data,
        }
    }
}

/// Relations of one part: its kind (the last word of the relation type) and its target; `rId1` is the first.
type Links<'a> = (String, Vec<(&'a str, String)>);

/// Puts parts, their types, relations and the properties of the text in one package.
fn package(text: &Text, main: &str, parts: &[Part], links: &[Links]) -> io::Result<Vec<u8>> {
    let core = "docProps/core.xml";
    let root = relation(1, "officeDocument/2006/relationships/officeDocument", main)
        + &relation(
            2,
            "package/2006/relationships/metadata/core-properties",
            core,
        );
    let mut members = vec![
        Member::new("[Content_Types].xml", content_types(parts, core)),
        Member::new("_rels/.rels", relations(&root)),
        Member::new(core, properties(text)),
    ];
    for part in parts {
        members.push(Member::new(&part.name, part.data.as_str()));
    }
    for (name, targets) in links {
        let mut inner = String::new();
        for (at, (kind, target)) in targets.iter().enumerate() {
            let kind = format!("officeDocument/2006/relationships/{kind}");
            inner.push_str(&relation(at + 1, &kind, target));
        }
        let (folder, file) = name.rsplit_once('/').unwrap_or(("", name));
        let name = format!("{folder}/_rels/{file}.rels");
        members.push(Member::new(&name, relations(&inner)));
    }
    zip(&members, text.date, None)
}

fn content_types(parts: &[Part], core: &str) -> String {
    let core_type = "application/vnd.openxmlformats-package.core-properties+xml";
    let types: String = parts
        .iter()
        .map(|part| (part.name.as_str(), part.kind.as_str()))
        .chain([(core, core_type)])
        .map(|(name, kind)| format!("<Override PartName=\"/{name}\" ContentType=\"{kind}\"/>"))
        .collect();
    format!(
        "{XML}<Types xmlns=\"{MAIN}package/2006/content-types\"><Default Extension=\"rels\" \
         ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"xml\" \
         ContentType=\"application/xml\"/>{types}</Types>"
    )
}

fn relation(number: usize, kind: &str, target: &str) -> String {
    format!("<Relationship Id=\"rId{number}\" Type=\"{MAIN}{kind}\" Target=\"{target}\"/>")
}

fn relations(inner: &str) -> String {
    format!(
        "{XML}<Relationships xmlns=\"{MAIN}package/2006/relationships\">{inner}</Relationships>"
    )
}

fn properties(text: &Text) -> String {
    let date = text.date.replace(' ', "T");
    let moment = |name: &str| {
        format!("<dcterms:{name} xsi:type=\"dcterms:W3CDTF\">{date}:00Z</dcterms:{name}>")
    };
    format!(
        "{XML}<cp:coreProperties xmlns:cp=\"{MAIN}package/2006/metadata/core-properties\" \
         xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:dcterms=\"http://purl.org/dc/terms/\" \
         xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><dc:title>{}</dc:title><dc:creator>{}</dc:creator>\
         <cp:lastModifiedBy>{}</cp:lastModifiedBy>{}{}<dc:language>nl-NL</dc:language></cp:coreProperties>",
        xml(text.title),
        xml(text.author),
        xml(text.author),
        moment("created"),
        moment("modified")
    )
}
