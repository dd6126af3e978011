//! Writes the formats that are text themselves: plain text in three encodings, Markdown, HTML and RTF. Never
//! packs anything.

use std::io;

use super::Text;
use super::markup::{BREAK, Block, blocks, plain, windows_1252, without_breaks, xml};

/// Plain text under its title, in UTF-8.
pub fn txt(text: &Text) -> String {
    format!("{}\n\n{}", text.title, plain(text.body, 92))
}

/// The same in Windows-1252 with the line ends of Windows.
pub fn txt_windows(text: &Text) -> io::Result<Vec<u8>> {
    let body = txt(text).replace('\n', "\r\n");
    windows_1252(&body)
        .ok_or_else(|| io::Error::other(format!("{}: not in Windows-1252", text.path)))
}

/// The same in UTF-16, little-endian with a byte order mark, as Kladblok saves "Unicode".
pub fn txt_utf16(text: &Text) -> Vec<u8> {
    let body = txt(text).replace('\n', "\r\n");
    let body = format!("\u{feff}{body}");
    body.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// Markdown.
pub fn markdown(text: &Text) -> String {
    let mut out = format!("# {}\n\n*{}, {}*\n\n", text.title, text.author, day(text));
    let (mut in_table, mut in_list) = (false, false);
    for block in blocks(&without_breaks(text.body)) {
        let is_row = matches!(block, Block::Row(_));
        let is_item = matches!(block, Block::Item(_));
        if in_table && !is_row || in_list && !is_item {
            out.push('\n');
        }
        match block {
            Block::Heading(heading) => out.push_str(&format!("## {heading}\n\n")),
            Block::Paragraph(running) | Block::Line(running) => {
                out.push_str(&format!("{running}\n\n"))
            }
            Block::Item(item) => out.push_str(&format!("* {item}\n")),
            Block::Row(cells) => {
                out.push_str(&format!("| {} |\n", cells.join(" | ")));
                if !in_table {
                    out.push_str(&format!("|{}\n", " --- |".repeat(cells.len())));
                }
            }
            Block::PageEnd => out.push_str("---\n\n"),
        }
        (in_table, in_list) = (is_row, is_item);
    }
    out
}

/// A page as a content management system writes it. Places where a word may break become soft hyphens.
pub fn html(text: &Text) -> String {
    let mut out = format!(
        "<!DOCTYPE html>\n<html lang=\"nl\">\n<head>\n<meta charset=\"utf-8\">\n<title>{title}</title>\n\
         <meta name=\"author\" content=\"{author}\">\n<meta name=\"dcterms.date\" content=\"{day}\">\n\
         <style>body {{ font-family: sans-serif }}</style>\n</head>\n<body>\n<h1>{title}</h1>\n",
        title = xml(text.title),
        author = xml(text.author),
        day = day(text)
    );
    out.push_str(&html_body(text.body));
    out.push_str("<script>document.body.className = 'geladen';</script>\n</body>\n</html>\n");
    out
}

/// The blocks of a text as HTML elements.
pub fn html_body(body: &str) -> String {
    let soft = |text: &str| {
        let pieces: Vec<String> = text.split(BREAK).map(xml).collect();
        pieces.join("\u{ad}")
    };
    let mut out = String::new();
    let mut open = "";
    for block in blocks(body) {
        let (around, element) = match block {
            Block::Heading(heading) => ("", format!("<h2>{}</h2>", soft(&heading))),
            Block::Paragraph(running) => ("", format!("<p>{}</p>", soft(&running))),
            Block::Line(line) => ("", format!("<p>{}</p>", soft(&line))),
            Block::Item(item) => ("ul", format!("<li>{}</li>", soft(&item))),
            Block::Row(cells) => {
                let cells: String = cells
                    .iter()
                    .map(|cell| format!("<td>{}</td>", soft(cell)))
                    .collect();
                ("table", format!("<tr>{cells}</tr>"))
            }
            Block::PageEnd => ("", "<hr>".to_owned()),
        };
        if around != open {
            close(&mut out, open);
            if !around.is_empty() {
                out.push_str(&format!("<{around}>\n"));
            }
            open = around;
        }
        out.push_str(&element);
        out.push('\n');
    }
    close(&mut out, open);
    out
}

fn close(out: &mut String, element: &str) {
    if !element.is_empty() {
        out.push_str(&format!("</{element}>\n"));
    }
}

/// Rich text, its letters beyond ASCII in Windows-1252.
pub fn rtf(text: &Text) -> io::Result<Vec<u8>> {
    let mut out = format!(
        "{{\\rtf1\\ansi\\ansicpg1252\\deff0{{\\fonttbl{{\\f0 Arial;}}}}\n{{\\info{{\\title {}}}{{\\author {}}}}}\n",
        rtf_words(text.title)?,
        rtf_words(text.author)?
    );
    out.push_str(&format!(
        "\\f0\\fs28\\b {}\\b0\\par\\fs22\n",
        rtf_words(text.title)?
    ));
    for block in blocks(text.body) {
        let line = match block {
            Block::Heading(heading) => format!("\\b {}\\b0", rtf_words(&heading)?),
            Block::Paragraph(running) | Block::Line(running) => rtf_words(&running)?,
            Block::Item(item) => format!("\\bullet\\tab {}", rtf_words(&item)?),
            Block::Row(cells) => rtf_words(&cells.join("    "))?,
            Block::PageEnd => "\\page".to_owned(),
        };
        out.push_str(&format!("{line}\\par\n"));
    }
    out.push('}');
    Ok(out.into_bytes())
}

fn rtf_words(text: &str) -> io::Result<String> {
    let letters = windows_1252(&without_breaks(text))
        .ok_or_else(|| io::Error::other(format!("not in Windows-1252: {text}")))?;
    Ok(letters
        .into_iter()
        .map(|letter| match letter {
            b'\\' | b'{' | b'}' => format!("\\{}", char::from(letter)),
            0x20..=0x7e => char::from(letter).to_string(),
            other => format!("\\'{other:02x}"),
        })
        .collect())
}

/// The day of a text, as `2021-03-15`.
fn day(text: &Text) -> &str {
    text.date.split(' ').next().unwrap_or_default()
}
