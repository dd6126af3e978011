//! Reads hunspell's nl.aff and nl.dic. Owns their syntax; knows nothing of Dutch.

use std::collections::HashMap;
use std::error::Error;
use std::path::Path;

/// A flag is two characters.
pub type Flag = [u8; 2];

/// One way to lengthen a word.
struct Affix {
    strip: String,
    add: String,
    condition: Vec<Class>,
}

/// One character of a condition.
enum Class {
    Any,
    In(Vec<char>),
    NotIn(Vec<char>),
}

/// A line of the word list.
pub struct Entry {
    pub word: String,
    pub flags: Vec<Flag>,
}

/// The whole list.
pub struct List {
    suffixes: HashMap<Flag, Vec<Affix>>,
    prefixes: HashMap<Flag, String>,
    pub entries: Vec<Entry>,
}

impl List {
    pub fn read(folder: &Path) -> Result<List, Box<dyn Error>> {
        let mut list = List {
            suffixes: HashMap::new(),
            prefixes: HashMap::new(),
            entries: Vec::new(),
        };
        for line in std::fs::read_to_string(folder.join("nl.aff"))?.lines() {
            list.read_affix(line);
        }
        for line in std::fs::read_to_string(folder.join("nl.dic"))?
            .lines()
            .skip(1)
        {
            let line = line.split_whitespace().next().unwrap_or_default();
            let (word, flags) = line.split_once('/').unwrap_or((line, ""));
            list.entries.push(Entry {
                word: word.to_owned(),
                flags: flags
                    .as_bytes()
                    .chunks_exact(2)
                    .map(|flag| [flag[0], flag[1]])
                    .collect(),
            });
        }
        Ok(list)
    }

    fn read_affix(&mut self, line: &str) {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let [what @ ("SFX" | "PFX"), flag, strip, add, ref rest @ ..] = fields[..] else {
            return;
        };
        // The head of a group has a count there.
        let (Ok(flag), false) = (Flag::try_from(flag.as_bytes()), add.parse::<u32>().is_ok())
        else {
            return;
        };
        let add = add.split('/').next().unwrap_or_default();
        if what == "PFX" {
            self.prefixes.insert(flag, add.to_owned());
            return;
        }
        let condition = rest
            .first()
            .filter(|field| !field.contains(':'))
            .unwrap_or(&".");
        self.suffixes.entry(flag).or_default().push(Affix {
            strip: strip.replace('0', ""),
            add: add.replace('0', ""),
            condition: classes(condition),
        });
    }

    /// The words that a suffix flag makes of `word`.
    pub fn suffixed(&self, word: &str, flag: Flag) -> Vec<String> {
        let affixes = self.suffixes.get(&flag).map_or(&[][..], Vec::as_slice);
        affixes
            .iter()
            .filter(|affix| !affix.add.ends_with('-') && holds(&affix.condition, word))
            .filter_map(|affix| Some(format!("{}{}", word.strip_suffix(&affix.strip)?, affix.add)))
            .collect()
    }

    /// What a prefix flag puts before words.
    pub fn prefix(&self, flag: Flag) -> Option<&str> {
        self.prefixes.get(&flag).map(String::as_str)
    }
}

fn classes(condition: &str) -> Vec<Class> {
    let mut classes = Vec::new();
    let mut chars = condition.chars();
    while let Some(c) = chars.next() {
        classes.push(match c {
            '.' => Class::Any,
            '[' => {
                let inside: Vec<char> = chars.by_ref().take_while(|c| *c != ']').collect();
                match inside.split_first() {
                    Some(('^', not)) => Class::NotIn(not.to_vec()),
                    _ => Class::In(inside),
                }
            }
            _ => Class::In(vec![c]),
        });
    }
    classes
}

/// Whether the end of the word is what the condition says.
fn holds(condition: &[Class], word: &str) -> bool {
    let mut chars = word.chars().rev();
    condition.iter().rev().all(|class| match class {
        Class::Any => true,
        Class::In(set) => chars.next().is_some_and(|c| set.contains(&c)),
        Class::NotIn(set) => chars.next().is_some_and(|c| !set.contains(&c)),
    })
}
