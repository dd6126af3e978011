//! Writes OpenDocument text, spreadsheets and presentations. Never reads one.

use std::io;

use super::Text;
use super::markup::{Block, blocks, sheets, slides, xml};
use super::pack::{Member, zip};

const XML: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

/// An OpenDocument text.
pub fn odt(text: &Text) -> io::Result<Vec<u8>> {
    let heading = |level: u8, words: &str| {
        format!(
            "<text:h text:outline-level=\"{level}\">{}</text:h>",
            xml(words)
        )
    };
    let mut body = heading(1, text.title);
    for block in blocks(text.body) {
        body.push_str(&match block {
            Block::Heading(words) => heading(2, &words),
            Block::Paragraph(words) | Block::Line(words) => paragraph(&words),
            Block::Item(words) => format!(
                "<text:list><text:list-item>{}</text:list-item></text:list>",
                paragraph(&words)
            ),
            Block::Row(cells) => table("", &[cells]),
            Block::PageEnd => "<text:p text:style-name=\"Nieuw\"/>".to_owned(),
        });
    }
    package(text, "text", &format!("<office:text>{body}</office:text>"))
}

/// An OpenDocument spreadsheet.
pub fn ods(text: &Text) -> io::Result<Vec<u8>> {
    let tables: String = sheets(text.body)
        .iter()
        .map(|(name, rows)| table(name, rows))
        .collect();
    package(
        text,
        "spreadsheet",
        &format!("<office:spreadsheet>{tables}</office:spreadsheet>"),
    )
}

/// An OpenDocument presentation: a slide for each heading.
pub fn odp(text: &Text) -> io::Result<Vec<u8>> {
    let frame = |y: &str, height: &str, words: String| {
        format!(
            "<draw:frame svg:x=\"2cm\" svg:y=\"{y}\" svg:width=\"24cm\" svg:height=\"{height}\"><draw:text-box>{words}\
             </draw:text-box></draw:frame>"
        )
    };
    let pages: String = slides(text.body)
        .iter()
        .enumerate()
        .map(|(at, (title, lines))| {
            let lines: String = lines.iter().map(|line| paragraph(line)).collect();
            format!(
                "<draw:page draw:name=\"dia {}\" draw:master-page-name=\"Standaard\">{}{}</draw:page>",
                at + 1,
                frame("1cm", "3cm", paragraph(title)),
                frame("5cm", "12cm", lines)
            )
        })
        .collect();
    package(
        text,
        "presentation",
        &format!("<office:presentation>{pages}</office:presentation>"),
    )
}

fn paragraph(words: &str) -> String {
    format!("<text:p>{}</text:p>", xml(words))
}

fn table(name: &str, rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(1);
    let rows: String = rows
        .iter()
        .map(|cells| {
            let cells: String = cells
                .iter()
                .map(|cell| {
                    let kind = if cell.parse::<f64>().is_ok() {
                        format!("office:value-type=\"float\" office:value=\"{cell}\"")
                    } else {
                        "office:value-type=\"string\"".to_owned()
                    };
                    format!(
                        "<table:table-cell {kind}>{}</table:table-cell>",
                        paragraph(cell)
                    )
                })
                .collect();
            format!("<table:table-row>{cells}</table:table-row>")
        })
        .collect();
    format!(
        "<table:table table:name=\"{}\"><table:table-column table:number-columns-repeated=\"{columns}\"/>{rows}\
         </table:table>",
        xml(name)
    )
}

/// Puts the content with the properties of the text in one package.
fn package(text: &Text, kind: &str, body: &str) -> io::Result<Vec<u8>> {
    let mime = format!("application/vnd.oasis.opendocument.{kind}");
    let content = format!(
        "<office:automatic-styles><style:style style:name=\"Nieuw\" style:family=\"paragraph\">\
         <style:paragraph-properties fo:break-before=\"page\"/></style:style></office:automatic-styles>\
         <office:body>{body}</office:body>"
    );
    // Only presentations need a master page; a text keeps the page of the office program.
    let styles = if kind == "presentation" {
        SLIDE_PAGE
    } else {
        ""
    };
    let members = [
        Member::new("mimetype", mime.as_str()),
        Member::new("content.xml", root("document-content", &content)),
        Member::new("styles.xml", root("document-styles", styles)),
        Member::new("meta.xml", root("document-meta", &properties(text))),
        Member::new("META-INF/manifest.xml", manifest(&mime)),
    ];
    zip(&members, text.date, None)
}

const SLIDE_PAGE: &str = "<office:automatic-styles><style:page-layout style:name=\"Blad\">\
    <style:page-layout-properties fo:page-width=\"28cm\" fo:page-height=\"21cm\"/></style:page-layout>\
    </office:automatic-styles><office:master-styles><style:master-page style:name=\"Standaard\" \
    style:page-layout-name=\"Blad\"/></office:master-styles>";

/// One of the XML files of a package, with the namespaces of all of them.
fn root(element: &str, inner: &str) -> String {
    let spaces: String = [
        ("office", "office"),
        ("text", "text"),
        ("table", "table"),
        ("meta", "meta"),
        ("style", "style"),
        ("draw", "drawing"),
        ("svg", "svg-compatible"),
        ("fo", "xsl-fo-compatible"),
    ]
    .iter()
    .map(|(prefix, name)| {
        format!("xmlns:{prefix}=\"urn:oasis:names:tc:opendocument:xmlns:{name}:1.0\" ")
    })
    .collect();
    format!(
        "{XML}<office:{element} {spaces}xmlns:dc=\"http://purl.org/dc/elements/1.1/\" office:version=\"1.3\">\
         {inner}</office:{element}>"
    )
}

fn properties(text: &Text) -> String {
    let date = text.date.replace(' ', "T");
    format!(
        "<office:meta><dc:title>{}</dc:title><meta:initial-creator>{author}</meta:initial-creator>\
         <dc:creator>{author}</dc:creator><meta:creation-date>{date}:00</meta:creation-date>\
         <dc:date>{date}:00</dc:date><dc:language>nl-NL</dc:language></office:meta>",
        xml(text.title),
        author = xml(text.author)
    )
}

fn manifest(mime: &str) -> String {
    let entries: String = [("/", mime)]
        .into_iter()
        .chain(["content.xml", "styles.xml", "meta.xml"].map(|name| (name, "text/xml")))
        .map(|(path, mime)| {
            format!("<manifest:file-entry manifest:full-path=\"{path}\" manifest:media-type=\"{mime}\"/>")
        })
        .collect();
    format!(
        "{XML}<manifest:manifest xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\" \
         manifest:version=\"1.3\">{entries}</manifest:manifest>"
    )
}
