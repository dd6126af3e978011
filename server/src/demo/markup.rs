//! The small markup in which the demo texts are written, and what every writer needs of it: blocks, plain
//! text, escaping and the Windows-1252 character set. Never knows a file format and never touches a file.
//!
//! Lines that follow each other form one paragraph; a blank line ends it. `# ` opens a heading, `- ` a list
//! item, `| ` a table row (cells parted by `|`), `> ` a quoted line, and `---` ends the page. The sign `¬`
//! marks a place where a long word may be broken.

/// Where a word may be broken at the end of a line.
pub const BREAK: char = '¬';

/// One piece of a text.
#[derive(Debug, PartialEq, Eq)]
pub enum Block {
    /// A heading; in a presentation the title of a slide, in a workbook the name of a sheet.
    Heading(String),
    /// Running text.
    Paragraph(String),
    /// An item of a list.
    Item(String),
    /// A row of a table.
    Row(Vec<String>),
    /// A line that stays a line: a quotation in a mail.
    Line(String),
    /// The end of a page.
    PageEnd,
}

/// Splits a text into its blocks.
pub fn blocks(body: &str) -> Vec<Block> {
    let mut found: Vec<Block> = Vec::new();
    let mut open = false;
    for line in body.lines() {
        let line = line.trim_end();
        let block = if line.is_empty() {
            open = false;
            continue;
        } else if line == "---" {
            Block::PageEnd
        } else if let Some(title) = line.strip_prefix("# ") {
            Block::Heading(title.to_owned())
        } else if let Some(item) = line.strip_prefix("- ") {
            Block::Item(item.to_owned())
        } else if let Some(cells) = line.strip_prefix("| ") {
            Block::Row(
                cells
                    .split('|')
                    .map(|cell| cell.trim().to_owned())
                    .collect(),
            )
        } else if line.starts_with('>') {
            Block::Line(line.to_owned())
        } else {
            match found.last_mut() {
                Some(Block::Paragraph(text) | Block::Item(text)) if open => {
                    text.push(' ');
                    text.push_str(line);
                    continue;
                }
                _ => Block::Paragraph(line.to_owned()),
            }
        };
        open = matches!(block, Block::Paragraph(_) | Block::Item(_));
        found.push(block);
    }
    found
}

/// The rows of a sheet-like text: headings name sheets, every other line is a row of cells parted by `;`.
pub fn sheets(body: &str) -> Vec<(String, Vec<Vec<String>>)> {
    let mut sheets: Vec<(String, Vec<Vec<String>>)> = Vec::new();
    for line in body.lines().filter(|line| !line.is_empty()) {
        if let Some(name) = line.strip_prefix("# ") {
            sheets.push((name.to_owned(), Vec::new()));
        } else if let Some((_, rows)) = sheets.last_mut() {
            rows.push(line.split(';').map(str::to_owned).collect());
        }
    }
    sheets
}

/// The slides of a text: the title and what stands on it.
pub fn slides(body: &str) -> Vec<(String, Vec<String>)> {
    let mut slides: Vec<(String, Vec<String>)> = Vec::new();
    for block in blocks(&without_breaks(body)) {
        match (block, slides.last_mut()) {
            (Block::Heading(title), _) => slides.push((title, Vec::new())),
            (Block::Paragraph(line) | Block::Item(line) | Block::Line(line), Some((_, lines))) => {
                lines.push(line);
            }
            (Block::Row(cells), Some((_, lines))) => lines.push(cells.join(": ")),
            _ => {}
        }
    }
    slides
}

/// Plain text in lines of at most `width` characters, without the break signs.
pub fn plain(body: &str, width: usize) -> String {
    let mut out = String::new();
    for block in blocks(&without_breaks(body)) {
        let (text, hanging) = match block {
            Block::Heading(text) | Block::Paragraph(text) => (text, ""),
            Block::Item(text) => (format!("- {text}"), "  "),
            Block::Row(cells) => {
                out.push_str(&cells.join("    "));
                out.push('\n');
                continue;
            }
            Block::Line(text) => {
                out.push_str(&text);
                out.push('\n');
                continue;
            }
            Block::PageEnd => continue,
        };
        let lines = wrap(&text, |piece| piece.chars().count() <= width);
        out.push_str(&lines.join(&format!("\n{hanging}")));
        out.push_str(if hanging.is_empty() { "\n\n" } else { "\n" });
    }
    out
}

/// Fills lines with words as long as `fits` says that the line is not too long. A word with break signs is
/// broken there when it does not fit, with a hyphen at the end of the line.
pub fn wrap(text: &str, fits: impl Fn(&str) -> bool) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split(' ') {
        let gap = if line.is_empty() { "" } else { " " };
        let whole = format!("{line}{gap}{}", without_breaks(word));
        if line.is_empty() || fits(&whole) {
            line = whole;
            continue;
        }
        let cut = word
            .match_indices(BREAK)
            .map(|(at, _)| at)
            .rev()
            .find_map(|at| {
                let head = without_breaks(word.get(..at).unwrap_or_default());
                let broken = format!("{line} {head}-");
                fits(&broken).then(|| (broken, without_breaks(word.get(at..).unwrap_or_default())))
            });
        let (done, rest) = cut.unwrap_or((line, without_breaks(word)));
        lines.push(done);
        line = rest;
    }
    lines.push(line);
    lines
}

/// The text without break signs.
pub fn without_breaks(text: &str) -> String {
    text.replace(BREAK, "")
}

/// The text safe for XML and HTML, without break signs.
pub fn xml(text: &str) -> String {
    without_breaks(text)
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// The text in Windows-1252, which is also the WinAnsi encoding of PDF; `None` when a character is not in it.
pub fn windows_1252(text: &str) -> Option<Vec<u8>> {
    text.chars()
        .map(|character| match character {
            '€' => Some(0x80),
            '„' => Some(0x84),
            '…' => Some(0x85),
            '‘' => Some(0x91),
            '’' => Some(0x92),
            '“' => Some(0x93),
            '”' => Some(0x94),
            '•' => Some(0x95),
            '–' => Some(0x96),
            '\u{80}'..='\u{9f}' => None,
            other => u8::try_from(u32::from(other)).ok(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_become_blocks() {
        let found = blocks("# Kop\neen\ntwee\n\n- punt\n  verder\n| a | b\n> oud\n---\nslot");
        assert_eq!(found.len(), 7);
        assert_eq!(found[1], Block::Paragraph("een twee".into()));
        assert_eq!(found[3], Block::Row(vec!["a".into(), "b".into()]));
        assert_eq!(found[5], Block::PageEnd);
    }

    #[test]
    fn a_long_word_breaks_with_a_hyphen() {
        let lines = wrap("de kinder¬opvang¬toeslag is er", |line| {
            line.chars().count() <= 17
        });
        assert_eq!(lines, ["de kinderopvang-", "toeslag is er"]);
        assert_eq!(wrap("vergunning", |_| false), ["vergunning"]);
    }

    #[test]
    fn characters_outside_windows_1252_are_refused() {
        assert_eq!(windows_1252("€ é"), Some(vec![0x80, b' ', 0xe9]));
        assert_eq!(windows_1252("ĳ"), None);
    }
}
