//! Law articles as files in folders, and questions of words that stand in them. Never measures.

use anyhow::{Context, Result};
use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use zv_analyzers::written;

/// Files in one folder.
const PER_FOLDER: usize = 500;

/// The articles as files.
pub struct Articles {
    /// A folder with the first 10,000.
    pub small: PathBuf,
    /// A folder with all of them.
    pub all: PathBuf,
    /// Bytes of all texts.
    pub text_bytes: u64,
    /// Every 150th text.
    pub sample: Vec<String>,
}

impl Articles {
    /// Writes each article as a file; the first 10,000 a second time in a folder of their own.
    pub fn write(file: &Path, work: &Path) -> Result<Self> {
        let (small, all) = (work.join("klein"), work.join("alles"));
        let (mut text_bytes, mut sample) = (0, Vec::new());
        for (at, line) in BufReader::new(File::open(file)?).lines().enumerate() {
            let article: serde_json::Value = serde_json::from_str(&line?)?;
            let field = |name: &str| article[name].as_str().unwrap_or_default().to_owned();
            let text = format!("{}\n\n{}\n", field("title"), field("text"));
            let name = format!("{:04}/{at:06}.txt", at / PER_FOLDER);
            for folder in [Some(&all), (at < 10_000).then_some(&small)]
                .into_iter()
                .flatten()
            {
                let path = folder.join(&name);
                fs::create_dir_all(path.parent().context("folder")?)?;
                fs::write(path, &text)?;
            }
            text_bytes += text.len() as u64;
            if at % 150 == 0 {
                sample.push(text);
            }
        }
        Ok(Articles {
            small,
            all,
            text_bytes,
            sample,
        })
    }
}

/// Words and pairs that occur, in an order that is the same every time.
pub struct Words {
    words: Vec<String>,
    pairs: Vec<String>,
}

impl Words {
    /// From these texts.
    pub fn drawn(sample: &[String]) -> Self {
        let (mut words, mut pairs) = (Vec::new(), Vec::new());
        for (at, text) in sample.iter().enumerate() {
            let parts: Vec<String> = written(text)
                .parts
                .into_iter()
                .map(|part| part.exact)
                .collect();
            let alphabetic =
                |word: &&String| word.len() > 3 && word.chars().all(char::is_alphabetic);
            let usable: Vec<&String> = parts.iter().filter(alphabetic).collect();
            if let Some(word) = usable.get(at * 7 % usable.len().max(1)) {
                words.push((*word).clone());
            }
            let from = at * 5 % parts.len().saturating_sub(1).max(1);
            if let [first, second] = parts.get(from..from + 2).unwrap_or_default() {
                pairs.push(format!("{first} {second}"));
            }
        }
        Words { words, pairs }
    }

    /// The question of number `at` in each class.
    pub fn questions(&self, at: usize) -> [(&'static str, String); 4] {
        let word = |n: usize| self.words[(at * 4 + n) % self.words.len()].as_str();
        [
            ("one word", word(0).to_owned()),
            ("two words", format!("{} {}", word(0), word(1))),
            (
                "phrase",
                format!("\"{}\"", self.pairs[at % self.pairs.len()]),
            ),
            (
                "four-way OR",
                format!("{} OF {} OF {} OF {}", word(0), word(1), word(2), word(3)),
            ),
        ]
    }
}
