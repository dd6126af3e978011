//! Other ways to write dates, numbers and the numbers of parliamentary papers. Owns which ways there are; never looks
//! anything up. What a document joins (`1.250.000`, `2021-0000123456`) its terms already have.

mod date;

use std::ops::Range;
use zv_analyzers::{GROUP, Stream};

/// What must stand at consecutive positions: at each any of these terms.
type Steps = Vec<Vec<String>>;

/// One way to write something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Way {
    /// As it is shown.
    pub name: String,
    /// What it stands for.
    pub steps: Steps,
    /// What may not stand where the first step stands.
    pub except: Vec<String>,
}

impl Way {
    fn new(name: String, steps: Steps) -> Self {
        Way {
            name,
            steps,
            except: Vec::new(),
        }
    }
}

/// The fewest digits of a number that is also written in groups of three.
const GROUPED: usize = 4;
/// The digits of the number of a parliamentary dossier, and of its first group.
const DOSSIER: usize = 5;
const DOSSIER_GROUP: usize = DOSSIER - 3;

/// The other ways to write one word.
pub(super) fn of_word(text: &str) -> Vec<Way> {
    let mut found = date::ways(&date::of_word(text), text);
    if let Some(number) = number(text) {
        found.extend(in_groups(&number));
        found.extend((number != text).then(|| in_one(&number)));
    }
    if let Some((dossier, paper)) = text.split_once('-') {
        // The first is how the question has it itself.
        found.extend(papers(dossier, paper).into_iter().skip(1));
    }
    found
}

/// The other ways to write two or more words that follow each other, with which words.
pub(super) fn of_words(words: &[&str]) -> Vec<(Range<usize>, Vec<Way>)> {
    let mut found = Vec::new();
    let mut grouped_to = 0;
    for start in 0..words.len() {
        let rest = &words[start..];
        found.extend(dates(rest, start));
        let length = grouped(rest);
        // A group of three is no beginning when it is itself in the middle.
        if length > 1 && start >= grouped_to {
            grouped_to = start + length;
            found.push((start..grouped_to, together(&rest[..length])));
        }
        if let Some((length, ways)) = paper(rest) {
            found.push((start..start + length, ways));
        }
    }
    found
}

/// The dates that `words`, of which the first is number `start`, begin with: of three words, and with a clock behind
/// them or behind one word.
fn dates(words: &[&str], start: usize) -> impl Iterator<Item = (Range<usize>, Vec<Way>)> {
    let clock = |at: usize| words.get(at).is_some_and(|word| date::is_clock(word));
    let three = words.get(..date::PARTS).map(date::of_words);
    let one = words.first().filter(|_| clock(1));
    let lengths = [
        (three.clone(), date::PARTS),
        (three.filter(|_| clock(date::PARTS)), date::PARTS + 1),
        (one.map(|word| date::of_word(word)), 2),
    ];
    let found = lengths.into_iter().filter_map(move |(dates, length)| {
        let ways = date::ways(&dates?, "");
        (!ways.is_empty()).then_some((start..start + length, ways))
    });
    found.collect::<Vec<_>>().into_iter()
}

fn digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn once(mut terms: Vec<String>) -> Vec<String> {
    terms.sort_unstable();
    terms.dedup();
    terms
}

/// The number that one word is: without its full stops, and of an amount without the cents.
fn number(text: &str) -> Option<String> {
    let groups: Vec<&str> = without_cents(text).split('.').collect();
    let number = groups.concat();
    let whole = groups.len() == 1 && digits(&number) || grouped(&groups) == groups.len();
    (whole && number.len() >= GROUPED && !number.starts_with('0')).then_some(number)
}

fn without_cents(text: &str) -> &str {
    match text.split_once(',') {
        Some((whole, cents)) if digits(cents) => whole,
        _ => text,
    }
}

/// How many of `words`, from the first on, are a number in groups of three; the last of them may have cents.
fn grouped(words: &[&str]) -> usize {
    match words.split_first() {
        Some((first, rest)) if digits(first) && first.len() <= 3 && !first.starts_with('0') => {
            let group = |word: &str| digits(word) && word.len() == 3;
            let groups = rest.iter().take_while(|word| group(word)).count();
            let last = rest.get(groups);
            let cents = last.is_some_and(|last| group(without_cents(last)));
            1 + groups + usize::from(cents)
        }
        _ => 0,
    }
}

/// Groups of three as one number. Without the cents the groups side by side are another way to write it.
fn together(groups: &[&str]) -> Vec<Way> {
    let (last, others) = groups
        .split_last()
        .map_or(("", groups), |(last, others)| (*last, others));
    let number = others.concat() + without_cents(last);
    let mut ways = vec![in_one(&number)];
    if last.contains(',') {
        ways.extend(in_groups(&number));
    }
    ways
}

/// A number as one word, or as the word that a document joins.
fn in_one(number: &str) -> Way {
    let joined = vec![number.to_owned(), Stream::Woordvorm.stored(number)];
    Way::new(number.to_owned(), vec![joined])
}

/// A number in groups of three: apart, and not within a longer one; or with full stops.
fn in_groups(number: &str) -> [Way; 2] {
    let groups = groups(number);
    let name = groups.join(" ");
    let apart = each(groups);
    let mut joined = apart.clone();
    if let Some(first) = joined.first_mut() {
        *first = vec![Stream::Woordvorm.stored(number)];
    }
    let apart = Way {
        except: vec![Stream::Grens.stored(GROUP)],
        ..Way::new(name.clone(), apart)
    };
    [apart, Way::new(name, joined)]
}

/// The digits of a number in groups of three from its end.
fn groups(number: &str) -> Vec<String> {
    let first = (number.len() - 1) % 3 + 1;
    let (head, tail) = number.split_at(first);
    let tail = tail.as_bytes().chunks(3).map(String::from_utf8_lossy);
    std::iter::once(head.to_owned())
        .chain(tail.map(|group| group.into_owned()))
        .collect()
}

fn each(words: Vec<String>) -> Steps {
    words.into_iter().map(|word| vec![word]).collect()
}

/// The paper of parliament that `words` begin with, as it is written there: how many words it has, and all its ways.
fn paper(words: &[&str]) -> Option<(usize, Vec<Way>)> {
    let apart = |first: &str, second: &str| match (first.len(), second.len()) {
        (DOSSIER_GROUP, 3) => format!("{first}{second}"),
        _ => String::new(),
    };
    let (length, ways) = match words {
        [first, last, ..] if last.contains('-') => {
            let (second, paper) = last.split_once('-')?;
            (2, papers(&apart(first, second), paper))
        }
        [dossier, nr, paper, ..] if is_nr(nr) => (3, papers(dossier, paper)),
        [first, second, nr, paper, ..] if is_nr(nr) => (4, papers(&apart(first, second), paper)),
        _ => return None,
    };
    (!ways.is_empty()).then_some((length, ways))
}

fn is_nr(word: &str) -> bool {
    word.trim_end_matches('.').eq_ignore_ascii_case("nr")
}

/// `32802-73`, and as parliament itself writes it: `32 802, nr. 73`. None of what is no such number.
fn papers(dossier: &str, paper: &str) -> Vec<Way> {
    if !(digits(dossier) && dossier.len() == DOSSIER && digits(paper) && paper.len() < DOSSIER) {
        return Vec::new();
    }
    let apart = groups(dossier);
    let whole = [dossier.to_owned()];
    let way = |dossier: &[String], between: &str, nr: &[&str]| {
        let name = format!("{}{between}{paper}", dossier.join(" "));
        let words = dossier.iter().map(String::as_str);
        let words = words.chain(nr.iter().copied()).chain([paper]);
        Way::new(name, each(words.map(str::to_owned).collect()))
    };
    vec![
        way(&whole, "-", &[]),
        way(&apart, "-", &[]),
        way(&apart, ", nr. ", &["nr"]),
        way(&whole, ", nr. ", &["nr"]),
    ]
}

#[cfg(test)]
mod tests;
