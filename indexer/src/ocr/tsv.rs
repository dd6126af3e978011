//! The words in tesseract's table, put back into lines and paragraphs. Never leaves a word out for its
//! confidence: a doubtful word that can be found is better than one that cannot.

/// The words of one page.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Recognised {
    /// Lines end in `\n`, paragraphs have an empty line between them.
    pub text: String,
    /// Number of words.
    pub words: u64,
    /// Sum of the confidence of the words, each 0 to 100.
    pub confidence: f64,
}

/// Columns: level, page, block, paragraph, line, word, left, top, width, height, confidence, text.
const PARAGRAPH: std::ops::Range<usize> = 1..4;
const LINE: std::ops::Range<usize> = 1..5;
const CONFIDENCE: usize = 10;
const TEXT: usize = 11;

pub(super) fn parse(table: &str) -> Recognised {
    let mut found = Recognised::default();
    let mut before: Option<Vec<&str>> = None;
    for row in table.lines() {
        let columns: Vec<&str> = row.splitn(TEXT + 1, '\t').collect();
        let Some(word) = columns.get(TEXT).map(|word| word.trim()) else {
            continue;
        };
        let Ok(confidence) = columns[CONFIDENCE].parse::<f64>() else {
            continue;
        };
        if word.is_empty() || confidence < 0.0 {
            continue;
        }
        match &before {
            None => {}
            Some(last) if last[PARAGRAPH] != columns[PARAGRAPH] => found.text.push_str("\n\n"),
            Some(last) if last[LINE] != columns[LINE] => found.text.push('\n'),
            Some(_) => found.text.push(' '),
        }
        found.text.push_str(word);
        found.words += 1;
        found.confidence += confidence.min(100.0);
        before = Some(columns);
    }
    if !found.text.is_empty() {
        found.text.push('\n');
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn words_become_lines_and_paragraphs() {
        let table = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n\
             1\t1\t0\t0\t0\t0\t0\t0\t9\t9\t-1\t\n\
             5\t1\t1\t1\t1\t1\t0\t0\t9\t9\t96.5\tBesluit\n\
             5\t1\t1\t1\t1\t2\t0\t0\t9\t9\t90\top\n\
             5\t1\t1\t1\t2\t1\t0\t0\t9\t9\t80\thet\n\
             5\t1\t1\t1\t2\t2\t0\t0\t9\t9\t95\t \n\
             5\t1\t2\t1\t1\t1\t0\t0\t9\t9\t3\tverz0ek\n";
        let found = parse(table);
        assert_eq!(found.text, "Besluit op\nhet\n\nverz0ek\n");
        assert_eq!((found.words, found.confidence), (4, 269.5));
        assert_eq!(parse(""), Recognised::default());
    }

    proptest! {
        #[test]
        fn any_table_can_be_read(table in "(5\t1\t[0-9]\t1\t1\t1\t0\t0\t9\t9\t[0-9.-]{0,4}\t\\PC{0,5}\n|\\PC{0,20}\n){0,8}") {
            parse(&table);
        }
    }
}
