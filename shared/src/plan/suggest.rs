//! "Bedoelde u" and suggestions while typing, from the words that an index holds. Owns which words are suggested;
//! how often a word stands in documents that the user may see is for the caller to say, and a word without such
//! documents is never shown.

use super::Vocabulary;
use crate::index::IndexError;
use crate::query::{Form, Query, TextField, Word, parse};
use std::cell::RefCell;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use zv_analyzers::{Written, WrittenWord, written};

/// A word that stands in so many times fewer documents than one that looks like it may be a slip.
const RARER: u64 = 1_000;
/// The fewest letters of a word that is looked at.
const MIN_LETTERS: usize = 3;
/// The fewest letters of a word that stands in documents and may still be a slip.
const MIN_RARE_LETTERS: usize = 5;
/// From so many letters on two of them may differ.
const LONG: usize = 8;
/// The fewest letters before words are suggested while typing.
const MIN_PREFIX: usize = 2;

/// How often a word stands in documents that the user may see.
type Counts<'a> = &'a dyn Fn(&str) -> u64;

/// `query` with each word that is found nowhere, or a thousand times less than one that looks like it, replaced by
/// the word that is found most; `None` when there is no such word. What stands under NIET stays.
///
/// # Errors
/// Whatever the vocabulary reports.
pub fn did_you_mean(
    query: &Query,
    vocabulary: &dyn Vocabulary,
    counts: Counts<'_>,
) -> Result<Option<Query>, IndexError> {
    let corrector = Corrector { vocabulary, counts };
    let corrected = corrector.query(query, None)?;
    // What cannot be read back would not be asked for by a click on it.
    Ok(
        (corrected != *query && parse(&corrected.to_string()).as_ref() == Ok(&corrected))
            .then_some(corrected),
    )
}

/// At most `limit` words that begin with `prefix`, those in most documents first.
///
/// # Errors
/// Whatever the vocabulary reports.
pub fn completions(
    prefix: &str,
    vocabulary: &dyn Vocabulary,
    counts: Counts<'_>,
    limit: usize,
) -> Result<Vec<String>, IndexError> {
    let analysed = written(prefix);
    let Some(word) = only(&analysed) else {
        return Ok(Vec::new());
    };
    if word.exact.chars().count() < MIN_PREFIX {
        return Ok(Vec::new());
    }
    // The least of what is kept on top, so that it goes first.
    let kept = RefCell::new(BinaryHeap::<(Reverse<u64>, String)>::new());
    let look = |candidate: &str| {
        let mut kept = kept.borrow_mut();
        // Each part of an index tells of its own words.
        if kept.iter().any(|(_, known)| known == candidate) {
            return false;
        }
        let count = if candidate.starts_with(&word.exact) {
            counts(candidate)
        } else {
            0
        };
        if count > 0 {
            kept.push((Reverse(count), candidate.to_owned()));
            if kept.len() > limit {
                kept.pop();
            }
        }
        // Nothing needs to be gathered: there may be very many.
        false
    };
    vocabulary.containing(None, &word.exact, &look, usize::MAX)?;
    let best = kept.into_inner().into_sorted_vec();
    Ok(best.into_iter().map(|(_, word)| word).collect())
}

/// The one word, or the whole of the parts.
fn only(text: &Written) -> Option<&WrittenWord> {
    match (&text.whole, text.parts.as_slice()) {
        (Some(whole), _) => Some(whole),
        (None, [only]) => Some(only),
        _ => None,
    }
}

struct Corrector<'a> {
    vocabulary: &'a dyn Vocabulary,
    counts: Counts<'a>,
}

impl Corrector<'_> {
    fn query(&self, query: &Query, field: Option<TextField>) -> Result<Query, IndexError> {
        let boxed = |inner: &Query| self.query(inner, field).map(Box::new);
        let each = |parts: &[Query]| -> Result<Vec<Query>, IndexError> {
            parts.iter().map(|part| self.query(part, field)).collect()
        };
        Ok(match query {
            Query::Word(word) => Query::Word(self.word(word, field)?),
            Query::Phrase(phrase) if !phrase.has_wildcards() => {
                let mut words = Vec::new();
                for word in phrase.text.split(' ') {
                    let better = self.better(word, true, field)?;
                    words.push(better.unwrap_or_else(|| word.to_owned()));
                }
                Query::Phrase(words.join(" ").as_str().into())
            }
            Query::Field(name, inner) => {
                Query::Field(*name, Box::new(self.query(inner, Some(*name))?))
            }
            Query::And(parts) => Query::And(each(parts)?),
            Query::Or(parts) => Query::Or(each(parts)?),
            Query::Quorum { at_least, of } => Query::Quorum {
                at_least: *at_least,
                of: each(of)?,
            },
            Query::Near(near) => {
                let mut near = near.clone();
                near.left = boxed(&near.left)?;
                near.right = boxed(&near.right)?;
                Query::Near(near)
            }
            Query::Within(unit, inner) => Query::Within(*unit, boxed(inner)?),
            other => other.clone(),
        })
    }

    fn word(&self, word: &Word, field: Option<TextField>) -> Result<Word, IndexError> {
        let literal = match word.form {
            Form::Exact => true,
            Form::Woordvorm => false,
            // These look like other words already.
            Form::Pattern | Form::Fuzzy(_) => return Ok(word.clone()),
        };
        let mut corrected = word.clone();
        if let Some(better) = self.better(&word.text, literal, field)? {
            corrected.text = better;
        }
        Ok(corrected)
    }

    /// The word that was probably meant. `literal`: only when the word itself is found nowhere.
    fn better(
        &self,
        text: &str,
        literal: bool,
        field: Option<TextField>,
    ) -> Result<Option<String>, IndexError> {
        let analysed = written(text);
        let [word] = analysed.parts.as_slice() else {
            return Ok(None);
        };
        let letters = word.exact.chars().count();
        // A number that is nowhere is no slip for another number.
        if letters < MIN_LETTERS || word.exact.contains(char::is_numeric) {
            return Ok(None);
        }
        let distance = if letters < LONG { 1 } else { 2 };
        let found = self
            .vocabulary
            .similar(field, &word.exact, distance, usize::MAX)?;
        // Other forms of the word are found as it is: they are no other word.
        let (same, others): (Vec<String>, Vec<String>) = found
            .into_iter()
            .filter(|other| *other != word.exact)
            .partition(|other| !literal && is_form_of(other, word));
        let most = |words: &[String]| {
            let counted = words
                .iter()
                .map(|word| ((self.counts)(word), Reverse(word.clone())));
            counted.max().filter(|(count, _)| *count > 0)
        };
        let own = (self.counts)(&word.exact).max(most(&same).map_or(0, |(count, _)| count));
        let Some((count, Reverse(best))) = most(&others) else {
            return Ok(None);
        };
        let slip = own == 0
            || (!literal && letters >= MIN_RARE_LETTERS && own.saturating_mul(RARER) < count);
        Ok(slip.then_some(best))
    }
}

fn is_form_of(other: &str, word: &WrittenWord) -> bool {
    let other = written(other);
    let mut lemmas = other.parts.iter().flat_map(|part| &part.lemmas);
    other.parts.len() == 1 && lemmas.any(|lemma| word.lemmas.contains(lemma))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Words with the documents that the user may see them in; a word of 0 stands only in other documents.
    const WORDS: [(&str, u64); 14] = [
        ("aardgas", 40),
        ("aardgaswinning", 5),
        ("aardgasz", 0),
        ("aarde", 40),
        ("geheim", 0),
        ("subsidie", 50_000),
        ("subsidies", 300),
        ("subsidei", 3),
        ("vergunning", 900),
        ("verguning", 2),
        ("vergunningsaanvraag", 7),
        ("wob", 30),
        ("woo", 50),
        ("2021", 10),
    ];

    struct Words;

    impl Vocabulary for Words {
        fn containing(
            &self,
            _: Option<TextField>,
            letters: &str,
            keep: &dyn Fn(&str) -> bool,
            limit: usize,
        ) -> Result<Vec<String>, IndexError> {
            // As an index of two parts that hold the same words.
            let words = WORDS.iter().chain(&WORDS).map(|(word, _)| *word);
            let found = words.filter(|word| word.contains(letters) && keep(word));
            Ok(found.take(limit).map(str::to_owned).collect())
        }

        fn similar(
            &self,
            _: Option<TextField>,
            word: &str,
            distance: u8,
            limit: usize,
        ) -> Result<Vec<String>, IndexError> {
            let words = WORDS.iter().map(|(word, _)| *word);
            let found = words.filter(|other| levenshtein(word, other) <= usize::from(distance));
            Ok(found.take(limit).map(str::to_owned).collect())
        }
    }

    fn levenshtein(a: &str, b: &str) -> usize {
        let mut row: Vec<usize> = (0..=b.chars().count()).collect();
        for (i, x) in a.chars().enumerate() {
            let mut diagonal = std::mem::replace(&mut row[0], i + 1);
            for (j, y) in b.chars().enumerate() {
                let changed = diagonal + usize::from(x != y);
                diagonal = row[j + 1];
                row[j + 1] = changed.min(diagonal + 1).min(row[j] + 1);
            }
        }
        row.last().copied().unwrap_or_default()
    }

    fn counts(word: &str) -> u64 {
        let found = WORDS.iter().find(|(known, _)| *known == word);
        found.map_or(0, |(_, count)| *count)
    }

    fn meant(question: &str) -> Option<String> {
        let query = parse(question).expect(question);
        let found = did_you_mean(&query, &Words, &counts).expect(question);
        found.map(|query| query.to_string())
    }

    #[test]
    fn a_slip_is_set_right_and_the_rest_of_the_question_stays() {
        for (question, expected) in [
            ("aardgsa", None),
            ("aardgaz", Some("aardgas")),
            (
                "Verghunning{-deel} EN titel:(wo OF \"de ardgas\") EN NIET aardgaz",
                Some("vergunning{-deel} EN titel:(wo OF \"de aardgas\") EN NIET aardgaz"),
            ),
            ("vergunnning NEAR/5 2022", Some("vergunning NEAR/5 2022")),
            ("vergunninggsaanvrag", Some("vergunningsaanvraag")),
            ("=aardgaz", Some("=aardgas")),
            (
                "binnen:zin(2 VAN (aardgaz, a, b))",
                Some("binnen:zin(2 VAN (aardgas, a, b))"),
            ),
        ] {
            assert_eq!(meant(question).as_deref(), expected, "{question}");
        }
    }

    #[test]
    fn a_word_that_is_found_is_only_a_slip_next_to_one_that_is_found_a_thousand_times_more() {
        assert_eq!(meant("subsidei").as_deref(), Some("subsidie"));
        assert_eq!(meant("verguning"), None);
        assert_eq!(meant("\"subsidei\" =subsidei"), None);
        // Another form of a word that is found is no other word.
        assert_eq!(meant("subsidies"), None);
        assert_eq!(meant("woo"), None);
    }

    #[test]
    fn words_of_other_peoples_documents_are_never_suggested() {
        assert_eq!(meant("geheimm"), None);
        assert_eq!(
            completions("geh", &Words, &counts, 5).unwrap(),
            Vec::<String>::new()
        );
        assert_eq!(
            completions("aard", &Words, &counts, 5).unwrap(),
            ["aarde", "aardgas", "aardgaswinning"]
        );
    }

    #[test]
    fn numbers_patterns_and_short_words_are_left_alone() {
        for question in ["2022", "aardgaz*", "aardgaz~1", "wo", ""] {
            assert_eq!(meant(question), None, "{question}");
        }
    }

    #[test]
    fn typing_suggests_the_words_that_are_found_most() {
        assert_eq!(
            completions("Sub", &Words, &counts, 2).unwrap(),
            ["subsidie", "subsidies"]
        );
        assert_eq!(
            completions("vérgun", &Words, &counts, 9).unwrap(),
            ["vergunning", "vergunningsaanvraag", "verguning"]
        );
        for nothing in ["", "s", "de sub", "xyz", "unning"] {
            assert_eq!(
                completions(nothing, &Words, &counts, 9).unwrap(),
                Vec::<String>::new(),
                "{nothing}"
            );
        }
        assert_eq!(
            completions("sub", &Words, &counts, 0).unwrap(),
            Vec::<String>::new()
        );
    }
}
