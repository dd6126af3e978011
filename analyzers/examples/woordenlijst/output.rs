//! Writes the automaton and the list of groups. Owns their format together with `src/dictionary.rs`, which reads it.

use crate::words::{Form, Words};
use std::collections::HashMap;
use std::error::Error;
use std::path::Path;

pub fn write(words: &Words, data: &Path) -> Result<(), Box<dyn Error>> {
    let lines: Vec<(&String, String)> = words
        .forms
        .iter()
        .filter(|(_, form)| !form.lemmas.is_empty())
        .map(|(word, form)| (word, line(word, form)))
        .collect();
    let mut uses: HashMap<&str, u64> = HashMap::new();
    for (_, line) in &lines {
        *uses.entry(line).or_default() += 1;
    }
    // The most used groups get the smallest numbers, which take the least room.
    let mut groups: Vec<(&str, u64)> = uses.into_iter().collect();
    groups.sort_by(|one, other| other.1.cmp(&one.1).then(one.0.cmp(other.0)));
    let number: HashMap<&str, u64> = groups
        .iter()
        .zip(0..)
        .map(|((line, _), n)| (*line, n))
        .collect();
    let mut automaton = fst::MapBuilder::memory();
    for (word, line) in &lines {
        automaton.insert(word, number.get(line.as_str()).copied().unwrap_or_default())?;
    }
    let automaton = automaton.into_inner()?;
    let mut text =
        String::from("# Made by examples/woordenlijst.rs; src/dictionary.rs says what it means.\n");
    for (line, _) in &groups {
        text.push_str(line);
        text.push('\n');
    }
    eprintln!(
        "{} forms, {} bytes; {} groups, {} bytes",
        lines.len(),
        automaton.len(),
        groups.len(),
        text.len()
    );
    std::fs::write(data.join("woordvormen.fst"), automaton)?;
    std::fs::write(data.join("groepen.txt"), text)?;
    Ok(())
}

/// The group that a word is in.
fn line(word: &str, form: &Form) -> String {
    let step = |step: Option<u8>| step.map_or('-', |step| char::from(b'a' + step));
    let mut line = format!("{}{}", step(form.first), step(form.last));
    for (mark, set) in [
        ('s', form.takes_s),
        ('h', form.whole),
        ('w', !form.only_part),
        ('v', form.separable),
    ] {
        if set {
            line.push(mark);
        }
    }
    for (kind, lemma) in &form.lemmas {
        line.push(' ');
        line.push_str(&rule(*kind, word, lemma));
    }
    line
}

/// The shortest way from a form to its lemma.
fn rule(kind: char, word: &str, lemma: &str) -> String {
    let plain = common(word, lemma);
    let ge = word
        .match_indices("ge")
        .map(|(at, _)| {
            let without = format!("{}{}", &word[..at], &word[at + 2..]);
            (common(&without, lemma), at, without.len())
        })
        .filter(|(kept, at, _)| kept >= at)
        .max_by_key(|(kept, at, _)| (*kept, usize::MAX - at));
    match ge {
        Some((kept, at, len)) if kept > plain + 1 => {
            format!("{kind}{}:{}@{at}", len - kept, &lemma[kept..])
        }
        _ => format!("{kind}{}:{}", word.len() - plain, &lemma[plain..]),
    }
}

fn common(one: &str, other: &str) -> usize {
    one.bytes()
        .zip(other.bytes())
        .take_while(|(a, b)| a == b)
        .count()
}
