//! Words that stand for very many: none of them is left out, and too many are refused.

use super::{ask, document, paths, put, reader, writer};
use zv_shared::index::{Entry, IndexError, Search, Sort, Write as _};
use zv_shared::plan::Mode;

/// Words of eight letters that each differ from `abcdefgh` by two.
fn two_letters_off() -> impl Iterator<Item = String> {
    let other = |letter: char| ('a'..='z').filter(move |other| *other != letter);
    let pairs = (0..8).flat_map(|a| (a + 1..8).map(move |b| (a, b)));
    pairs.flat_map(move |(a, b)| {
        let word: Vec<char> = ('a'..='h').collect();
        let (first, second) = (word[a], word[b]);
        other(first).flat_map(move |one| {
            let mut word = word.clone();
            word[a] = one;
            other(second).map(move |two| {
                word[b] = two;
                word.iter().collect()
            })
        })
    })
}

#[test]
fn a_word_that_stands_for_too_many_is_refused_by_name_and_nothing_is_cut() {
    let state = tempfile::tempdir().expect("state");
    let writer = writer(state.path());
    let numbered = |to: usize| (0..to).map(|number| format!("kenmerk{number:05} "));
    let text: String = numbered(10_000).collect();
    put(&writer, document("a.txt", "A", None), &text);
    let neighbours: Vec<String> = two_letters_off().take(10_001).collect();
    put(&writer, document("b.txt", "B", None), &neighbours.join(" "));
    writer.commit("1").expect("commit");
    let reader = reader(state.path());
    let refused = |search: &Search| match reader.snapshot().expect("snapshot").count(search) {
        Err(IndexError::TooWide(word)) => Some(word),
        Ok(_) => None,
        Err(other) => panic!("{other}"),
    };
    // Just not too many: each of the 10,000 counts, the last one too.
    assert_eq!(refused(&ask("kenmerk*")), None);
    assert_eq!(
        paths(&reader, &ask("kenmerk* EN =kenmerk09999"), Sort::Pad),
        ["a.txt"]
    );
    assert_eq!(paths(&reader, &ask("*merk????9"), Sort::Pad), ["a.txt"]);
    // Another document has one more, in another segment; the limit is for all of them together.
    put(&writer, document("c.txt", "C", None), "kenmerk10000");
    writer.commit("2").expect("commit");
    for (question, word) in [
        ("kenmerk*", "kenmerk*"),
        ("niets OF \"een kenmerk?????\"", "kenmerk?????"),
        ("niets NEAR/3 *merk*", "*merk*"),
        (
            "NIET binnen:zin(niets EN kenmerk1* NIET kenmerk*)",
            "kenmerk*",
        ),
        ("kenmerk{+breed}", "*kenmerk*"),
        ("abcdefgh~2", "abcdefgh"),
    ] {
        assert_eq!(refused(&ask(question)).as_deref(), Some(word), "{question}");
    }
    let mut broad = ask("kenmerk");
    assert_eq!(refused(&broad), None);
    broad.widening.mode = Mode::Breed;
    assert_eq!(refused(&broad).as_deref(), Some("*kenmerk*"));
    let snapshot = reader.snapshot().expect("snapshot");
    let error = snapshot
        .hits(&ask("kenmerk*"), Sort::Pad, None, 1)
        .expect_err("too wide");
    assert!(
        error.to_string().contains("kenmerk*") && error.to_string().contains("10.000"),
        "{error}"
    );
    // What asks for less goes on as before.
    assert_eq!(paths(&reader, &ask("kenmerk1*"), Sort::Pad), ["c.txt"]);
    assert_eq!(
        paths(&reader, &ask("abcdefgh~1"), Sort::Pad),
        Vec::<String>::new()
    );
}

/// More documents than a window of the scorer has, and more words than it merges one by one.
#[test]
fn a_wildcard_for_many_words_finds_each_document_of_a_large_segment() {
    let state = tempfile::tempdir().expect("state");
    let writer = writer(state.path());
    // Every seventh number has the pattern, in one of thirty words; long stretches have none.
    let has = |number: usize| number % 7 == 3 && !(5_000..9_500).contains(&number);
    let documents = 10_000;
    for number in 0..documents {
        let word = if has(number) {
            format!("kenmerk{}", number % 30)
        } else {
            "niets".to_owned()
        };
        let document = document(&format!("{number:05}.txt"), "T", None);
        let family = document.family;
        let text = format!("{word} {}", if number % 3 == 0 { "drie" } else { "" });
        let entry = Entry {
            document,
            text: text.into(),
        };
        writer.put_family(family, vec![entry]).expect("put");
    }
    writer.commit("1").expect("commit");
    let reader = reader(state.path());
    let snapshot = reader.snapshot().expect("snapshot");
    let count = |what: &dyn Fn(usize) -> bool| (0..documents).filter(|n| what(*n)).count() as u64;
    let total = |text: &str| snapshot.count(&ask(text)).expect("count").total;
    assert_eq!(total("kenmerk*"), count(&has));
    assert_eq!(total("kenmerk* EN drie"), count(&|n| has(n) && n % 3 == 0));
    assert_eq!(
        total("drie NIET kenmerk*"),
        count(&|n| !has(n) && n % 3 == 0)
    );
    assert_eq!(total("kenmerk* OF drie"), count(&|n| has(n) || n % 3 == 0));
    assert_eq!(total("kenmerk* P/1 drie"), count(&|n| has(n) && n % 3 == 0));
    assert_eq!(
        total("pad:0999* EN kenmerk*"),
        count(&|n| has(n) && n / 10 == 999)
    );
    let page = snapshot
        .hits(&ask("kenmerk* drie"), Sort::Relevantie, None, documents)
        .expect("hits");
    assert_eq!(page.hits.len() as u64, count(&|n| has(n) && n % 3 == 0));
}
