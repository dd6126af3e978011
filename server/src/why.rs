//! Why a hit is one, in words that everybody understands. Owns the summary for a list and for a document; what
//! matched is found by `highlight`.

use crate::web::labels;
use zv_shared::Document;
use zv_shared::highlight::{self, Match};
use zv_shared::plan::{Kind, Plan};

/// Words as written shown per reason.
const WORDS: usize = 4;
/// Pages shown per reason.
const PAGES: usize = 8;

/// How one word of a question was met in a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Why {
    /// The word or phrase as it stands in the question.
    pub asked: String,
    /// Why what was met stands for it.
    pub kind: Kind,
    /// What was met, as written, with how often.
    pub words: Vec<(String, usize)>,
    /// How many other words were met.
    pub more: usize,
    /// How often in all.
    pub times: usize,
    /// Pages where it was met, the first of them; none for what stands in the title or the properties.
    pub pages: Vec<u32>,
    /// Whether it was met in the text; else in the title, the file name or the properties.
    pub in_text: bool,
}

/// The reasons in the text, and for words that the text does not have those in title, properties and file name.
pub fn why(document: &Document, text: &str, plan: &Plan, matches: &[Match]) -> Vec<Why> {
    let mut all = summed(text, plan, matches, true);
    let name = document.place.name();
    let units: Vec<&str> = document.header().chain([&*name]).collect();
    let header = units.join("\u{1e}");
    let elsewhere = highlight::scan(&header, plan, true, None);
    let new = |why: &Why| !all.iter().any(|known: &Why| known.asked == why.asked);
    let more: Vec<Why> = summed(&header, plan, &elsewhere, false)
        .into_iter()
        .filter(new)
        .collect();
    all.extend(more);
    all
}

fn summed(text: &str, plan: &Plan, matches: &[Match], in_text: bool) -> Vec<Why> {
    let each = highlight::evidence(text, plan, matches)
        .into_iter()
        .map(|evidence| {
            let mut words = evidence.words;
            let times = words.iter().map(|(_, times)| times).sum();
            let more = words.len().saturating_sub(WORDS);
            words.truncate(WORDS);
            let pages = evidence.pages.into_iter().take(PAGES).collect();
            Why {
                asked: plan
                    .leaves
                    .get(evidence.leaf)
                    .map_or_else(String::new, |leaf| leaf.text.clone()),
                kind: evidence.kind,
                words,
                more,
                times,
                pages: if in_text { pages } else { Vec::new() },
                in_text,
            }
        });
    each.collect()
}

impl Why {
    /// One sentence. `all`: whether everything in the text was counted.
    pub fn sentence(&self, all: bool) -> String {
        let word = |(word, times): &(String, usize)| match times {
            1 => format!("“{word}”"),
            _ => format!(
                "“{word}” ({})",
                labels::count(*times as u64, "keer", "keer")
            ),
        };
        let words: Vec<String> = self.words.iter().map(word).collect();
        let more = match self.more {
            0 => String::new(),
            more => format!(
                " en {}",
                labels::count(more as u64, "ander woord", "andere woorden")
            ),
        };
        let place = match (self.in_text, self.pages.as_slice()) {
            (false, _) => ", in titel, bestandsnaam of eigenschappen".to_owned(),
            (true, [] | [1]) => String::new(),
            (true, [only]) => format!(", op bladzijde {only}"),
            (true, pages) => {
                let pages: Vec<String> = pages.iter().map(u32::to_string).collect();
                format!(", op bladzijde {}", pages.join(", "))
            }
        };
        let least = if all { "" } else { " (zo ver geteld)" };
        format!(
            "{}: {} {}{more}{place}{least}",
            self.asked,
            labels::evidence(self.kind),
            words.join(", ")
        )
    }
}
