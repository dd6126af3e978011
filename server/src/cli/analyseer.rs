//! `analyseer`: the terms of a text, per input line one JSON object.

use super::args::Analyseer;
use super::exit::Failure;
use serde::Serialize;
use std::io::{self, BufRead, Write};
use std::process::ExitCode;
use zv_analyzers::{Stream, tokens};

#[derive(Debug, PartialEq, Serialize)]
struct Term {
    term: String,
    positie: u32,
    van: usize,
    tot: usize,
}

#[derive(Debug, Serialize)]
struct Terms {
    exact: Vec<Term>,
    woordvorm: Vec<Term>,
    deel: Vec<Term>,
}

/// Does it.
pub fn run(options: &Analyseer) -> Result<ExitCode, Failure> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    let mut line = |text: &str| -> Result<(), Failure> {
        let terms = Terms {
            exact: terms(text, Stream::Exact),
            woordvorm: terms(text, Stream::Woordvorm),
            deel: terms(text, Stream::Deel),
        };
        serde_json::to_writer(&mut out, &terms)?;
        out.write_all(b"\n")?;
        Ok(out.flush()?)
    };
    match &options.tekst {
        Some(text) => text.split('\n').try_for_each(line)?,
        None => {
            for read in io::stdin().lock().split(b'\n') {
                line(String::from_utf8_lossy(&read?).trim_end_matches('\r'))?;
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn terms(text: &str, stream: Stream) -> Vec<Term> {
    let mut offsets = Offsets {
        text,
        byte: 0,
        points: 0,
    };
    let mut terms = Vec::new();
    let mut found = tokens(text);
    while found.advance() {
        let token = found.token();
        if token.stream != stream {
            continue;
        }
        let (van, tot) = (offsets.points_at(token.from), offsets.points_at(token.to));
        terms.push(Term {
            term: token.term.clone(),
            positie: token.position,
            van,
            tot,
        });
    }
    terms
}

/// Byte offsets to code points, fast for offsets that lie close together.
struct Offsets<'a> {
    text: &'a str,
    byte: usize,
    points: usize,
}

impl Offsets<'_> {
    fn points_at(&mut self, byte: usize) -> usize {
        let count = |from: usize, to: usize| {
            self.text
                .get(from..to)
                .map_or(0, |part| part.chars().count())
        };
        self.points = match byte >= self.byte {
            true => self.points + count(self.byte, byte),
            false => self.points - count(byte, self.byte),
        };
        self.byte = byte;
        self.points
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_count_characters_forward_and_back() {
        let mut offsets = Offsets {
            text: "één woo-verzoek",
            byte: 0,
            points: 0,
        };
        assert_eq!(offsets.points_at(6), 4);
        assert_eq!(offsets.points_at(17), 15);
        assert_eq!(offsets.points_at(6), 4);
        assert_eq!(offsets.points_at(0), 0);
    }

    #[test]
    fn every_word_comes_with_its_place() {
        let terms = terms("Één besluit", Stream::Exact);
        assert_eq!(
            terms[0],
            Term {
                term: "een".into(),
                positie: 0,
                van: 0,
                tot: 3
            }
        );
        assert_eq!((terms[1].van, terms[1].tot), (4, 11));
    }
}
