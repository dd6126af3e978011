//! Words of the same family by their endings: what is asked as a noun (opschorting) is often written as a verb
//! (opschorten). Owns the list of endings. Only guesses, for the order of hits: never decides what a word is a form
//! of, and an index has no term of it.

/// An ending, and what related words have instead. Both sides are looked for.
const ENDINGS: [(&str, &str); 9] = [
    ("ing", "en"),
    ("ing", "er"),
    ("er", "en"),
    ("atie", "eren"),
    ("ering", "eren"),
    ("atie", "ering"),
    ("iteit", "eel"),
    ("ie", "isch"),
    ("baarheid", "baar"),
];

/// Endings that stand behind a whole word.
const BEHIND: [&str; 4] = ["heid", "schap", "en", "ing"];

/// What must be left of a word without its ending.
const MIN_STEM: usize = 3;

/// Words that may be related to `lemma`; most of them do not exist.
pub fn related(lemma: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut add = |word: String| {
        if word != lemma && !words.contains(&word) {
            words.push(word);
        }
    };
    let stem = |ending: &str| {
        let stem = lemma.strip_suffix(ending)?;
        (stem.len() >= MIN_STEM).then_some(stem)
    };
    for (one, other) in ENDINGS {
        for (from, to) in [(one, other), (other, one)] {
            if let Some(stem) = stem(from) {
                add(format!("{stem}{to}"));
            }
        }
    }
    for ending in BEHIND {
        if lemma.len() > MIN_STEM {
            add(format!("{lemma}{ending}"));
        }
        if let Some(stem) = stem(ending).filter(|_| ending != "en") {
            add(stem.to_owned());
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nouns_and_verbs_lead_to_each_other() {
        for (one, other) in [
            ("opschorting", "opschorten"),
            ("bevoegdheid", "bevoegd"),
            ("registratie", "registreren"),
            ("aanvrager", "aanvragen"),
        ] {
            assert!(related(one).iter().any(|word| word == other), "{one}");
            assert!(related(other).iter().any(|word| word == one), "{other}");
        }
        assert!(!related("en").iter().any(String::is_empty));
        assert!(!related("opschorting").contains(&"opschorting".to_owned()));
    }
}
