//! Measures word forms and compounds against gold sets, next to the two usual Dutch stemmers:
//!
//! ```text
//! cargo run --release -p zv-analyzers --example ling -- FOLDER_OF_GOLD_SETS [failures]
//! ```
//!
//! The folder has `alpino_conflatieparen.tsv`, `alpino_compounds.tsv`, `gov_pairs_dev.tsv`, `gov_compounds_dev.txt`
//! and `gov_non_compounds.txt`; with `failures` every failure is printed too.

use frostem::{Algorithm, Stemmer};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::error::Error;
use std::path::Path;
use std::time::Instant;
use zv_analyzers::{forms, written};

type Keys = BTreeSet<String>;

/// A way to bring forms of a word together.
struct Method {
    name: &'static str,
    keys: fn(&str) -> Keys,
}

const METHODS: [Method; 4] = [
    Method {
        name: "lemmas",
        keys: |word| {
            ends(word, |last, capitalised| {
                forms(last, capitalised)
                    .lemmas
                    .into_iter()
                    .map(String::from)
                    .collect()
            })
        },
    },
    Method {
        name: "lemmas and parts",
        keys: |word| {
            ends(word, |last, capitalised| {
                let forms = forms(last, capitalised);
                forms
                    .lemmas
                    .into_iter()
                    .chain(forms.parts)
                    .map(String::from)
                    .collect()
            })
        },
    },
    Method {
        name: "Kraaij-Pohlmann",
        keys: |word| {
            ends(word, |last, _| {
                vec![Stemmer::new(Algorithm::Dutch).stem(last).into_owned()]
            })
        },
    },
    Method {
        name: "Porter",
        keys: |word| {
            ends(word, |last, _| {
                vec![Stemmer::new(Algorithm::DutchPorter).stem(last).into_owned()]
            })
        },
    },
];

/// The keys of a written word: of a hyphenated one its last part is inflected.
fn ends(word: &str, of: impl Fn(&str, bool) -> Vec<String>) -> Keys {
    let parts = written_parts(word);
    let Some((last, before)) = parts.split_last() else {
        return Keys::new();
    };
    // The tokens of word forms go without the inflection behind an apostrophe: nota's.
    let last = last.split('\'').next().unwrap_or(last);
    let before = before.concat();
    let capitalised = word.chars().next().is_some_and(char::is_uppercase);
    of(last, capitalised)
        .into_iter()
        .map(|key| format!("{before}{key}"))
        .collect()
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("usage: ling FOLDER [failures]")?;
    let failures = arguments.next().is_some();
    let folder = Path::new(&folder);
    let read = |name: &str| std::fs::read_to_string(folder.join(name));
    let alpino = read("alpino_conflatieparen.tsv")?;
    let gov = read("gov_pairs_dev.tsv")?;
    for method in &METHODS {
        println!("== {}", method.name);
        conflation(method, &rows(&alpino), failures && method.name == "lemmas");
        wrong_conflations(method, &rows(&alpino));
        government(method, &rows(&gov), failures && method.name == "lemmas");
    }
    println!("== compounds");
    let alpino = read("alpino_compounds.tsv")?;
    let gold = read("gov_compounds_dev.txt")?;
    compounds(
        "gov_compounds_dev",
        gold.lines()
            .map(|line| (line.replace('+', ""), line.to_owned())),
        failures,
    );
    compounds(
        "alpino_compounds",
        rows(&alpino)
            .into_iter()
            .map(|row| (row[0].to_owned(), row[2].to_owned())),
        failures,
    );
    false_splits(&read("gov_non_compounds.txt")?);
    speed(&rows(&read("alpino_conflatieparen.tsv")?));
    Ok(())
}

/// The lines behind the head.
fn rows(text: &str) -> Vec<Vec<&str>> {
    text.lines()
        .skip(1)
        .map(|line| line.split('\t').collect())
        .filter(|row: &Vec<&str>| row.len() >= 3)
        .collect()
}

fn share(count: usize, of: usize) -> String {
    format!(
        "{count}/{of} = {:.1} %",
        100.0 * count as f64 / of.max(1) as f64
    )
}

fn conflation(method: &Method, pairs: &[Vec<&str>], failures: bool) {
    let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for pair in pairs {
        let together = !(method.keys)(pair[0]).is_disjoint(&(method.keys)(pair[1]));
        let count = counts.entry(pair[2]).or_default();
        count.0 += usize::from(together);
        count.1 += 1;
        if failures && !together {
            println!(
                "apart\t{}\t{}\t{}\t{:?}\t{:?}",
                pair[2],
                pair[0],
                pair[1],
                (method.keys)(pair[0]),
                (method.keys)(pair[1])
            );
        }
    }
    for (kind, (together, all)) in counts {
        println!("pairs {kind}: {}", share(together, all));
    }
}

/// Words that the gold set links with each other (over any number of pairs) are one family. Keys that more than one
/// family has bring together what should be apart, or what is ambiguous.
fn wrong_conflations(method: &Method, pairs: &[Vec<&str>]) {
    let mut family: HashMap<String, usize> = HashMap::new();
    let mut parents: Vec<usize> = Vec::new();
    fn root(parents: &mut [usize], mut at: usize) -> usize {
        while parents[at] != at {
            parents[at] = parents[parents[at]];
            at = parents[at];
        }
        at
    }
    for pair in pairs {
        let mut ids = [0; 2];
        for (id, word) in ids.iter_mut().zip(&pair[..2]) {
            *id = *family.entry(word.to_lowercase()).or_insert_with(|| {
                parents.push(parents.len());
                parents.len() - 1
            });
        }
        let (one, other) = (root(&mut parents, ids[0]), root(&mut parents, ids[1]));
        parents[one] = other;
    }
    let mut groups: BTreeMap<String, (BTreeSet<usize>, usize)> = BTreeMap::new();
    for (word, id) in &family {
        let id = root(&mut parents, *id);
        for key in (method.keys)(word) {
            groups.entry(key).or_default().0.insert(id);
        }
    }
    let wrong = groups
        .values()
        .filter(|(families, _)| families.len() > 1)
        .count();
    let mut wrong_pairs = BTreeSet::new();
    for (families, _) in groups.values() {
        for one in families {
            for other in families.range(one + 1..) {
                wrong_pairs.insert((one, other));
            }
        }
    }
    println!(
        "keys of several families: {} (pairs of families: {})",
        share(wrong, groups.len()),
        wrong_pairs.len()
    );
}

fn government(method: &Method, pairs: &[Vec<&str>], failures: bool) {
    for (wanted, name) in [("ja", "must fall together"), ("nee", "must not")] {
        let pairs: Vec<_> = pairs.iter().filter(|pair| pair[2] == wanted).collect();
        let together =
            |pair: &&&Vec<&str>| !(method.keys)(pair[0]).is_disjoint(&(method.keys)(pair[1]));
        println!(
            "gov {name}: {}",
            share(pairs.iter().filter(together).count(), pairs.len())
        );
        if failures {
            for pair in pairs
                .iter()
                .filter(|pair| together(pair) != (wanted == "ja"))
            {
                println!("gov {wanted}\t{}\t{}", pair[0], pair[1]);
            }
        }
    }
}

/// Gold parts that are found: one of the lemmas of the gold part (a stem, or the part as written) is a part.
fn compounds(name: &str, gold: impl Iterator<Item = (String, String)>, failures: bool) {
    let (mut found, mut all, mut words, mut split) = (0, 0, 0, 0);
    for (word, parts) in gold {
        let mut emitted = Keys::new();
        let written = written_parts(&word);
        for part in &written {
            let forms = forms(part, false);
            emitted.extend(forms.parts.iter().map(|part| part.to_string()));
            if written.len() > 1 {
                emitted.extend(forms.lemmas.iter().map(|part| part.to_string()));
                emitted.insert(part.clone());
            }
        }
        words += 1;
        split += usize::from(!emitted.is_empty());
        for part in parts.split('+').filter(|part| part.len() > 1) {
            all += 1;
            let keys = gold_keys(part);
            if keys.is_disjoint(&emitted) {
                if failures {
                    println!("part\t{name}\t{word}\t{part}\t{emitted:?}");
                }
            } else {
                found += 1;
            }
        }
    }
    println!(
        "{name}: parts {}, words with parts {}",
        share(found, all),
        share(split, words)
    );
}

fn gold_keys(part: &str) -> Keys {
    let mut keys = Keys::new();
    for part in written_parts(part) {
        keys.extend(
            forms(&part, false)
                .lemmas
                .iter()
                .map(|lemma| lemma.to_string()),
        );
        if let Some(stem) = part.strip_suffix("er") {
            keys.insert(stem.to_owned());
        }
        keys.insert(part);
    }
    keys
}

fn false_splits(text: &str) {
    let words: Vec<&str> = text.lines().filter(|line| !line.is_empty()).collect();
    let mut wrong = 0;
    for word in &words {
        for part in written_parts(word) {
            let forms = forms(&part, false);
            if !forms.parts.is_empty() {
                wrong += 1;
                println!("false split\t{word}\t{:?}", forms.parts);
            }
        }
    }
    println!("false splits: {}", share(wrong, words.len()));
}

fn speed(rows: &[Vec<&str>]) {
    let words: BTreeSet<String> = rows
        .iter()
        .flat_map(|row| row[..2].iter().flat_map(|word| written_parts(word)))
        .collect();
    let start = Instant::now();
    let lemmas: usize = words
        .iter()
        .map(|word| forms(word, false).lemmas.len())
        .sum();
    let known = start.elapsed().as_secs_f64() * 1e6 / words.len() as f64;
    let start = Instant::now();
    for word in &words {
        let _ = forms(&format!("{word}kwijnsel"), false);
    }
    let unknown = start.elapsed().as_secs_f64() * 1e6 / words.len() as f64;
    let start = Instant::now();
    let _ = forms(&"rader".repeat(12), false);
    let long = start.elapsed().as_secs_f64() * 1e6;
    println!(
        "per word: {:.2} lemmas; known {known:.1} us, unknown {unknown:.1} us, a bad one of 60 letters {long:.0} us",
        lemmas as f64 / words.len() as f64
    );
}

/// The parts of `text` as written.
fn written_parts(text: &str) -> Vec<String> {
    written(text)
        .parts
        .into_iter()
        .map(|part| part.exact)
        .collect()
}
