//! A question as users put it (web, API, command line) and the way from there to hits with fragments. Owns the
//! order of those steps, the same for all three. Never knows HTTP or a terminal.

use crate::talk::{Period, Talk};
use crate::why::{self, Why};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;
use zv_shared::highlight::{self, Fragment};
use zv_shared::index::{
    Collapse, Cursor, DateField, DateOptions, FacetField, Facets, Filters, Hit, IndexError, Search,
    Snapshot, Sort,
};
use zv_shared::lists::Lists;
use zv_shared::plan::{Mode, Plan, Widening};
use zv_shared::{ParseError, query};

/// Fragments shown per hit.
const FRAGMENTS: usize = 3;

/// Whether all words are needed or one will do.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, clap::ValueEnum,
)]
#[serde(rename_all = "lowercase")]
pub enum Wijze {
    /// De zoektaal: alle woorden zijn nodig, operatoren werken.
    #[default]
    Alle,
    /// Gewone taal: alle tekens zijn tekst, een van de woorden is genoeg.
    Een,
}

/// Een zoekvraag met alles wat de uitkomst bepaalt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = Zoekvraag)]
pub struct Question {
    /// De vraag in de zoektaal. Een lege vraag vindt alle documenten.
    #[schema(max_length = 100_000, example = "subsidie EN (gemeente OF provincie)")]
    pub vraag: String,
    /// Zijn alle woorden nodig of is een genoeg?
    pub wijze: Wijze,
    /// Hoe ruim elk woord wordt opgevat: precies zo (exact), met woordvormen, samenstellingen en synoniemen
    /// (normaal), of ook elk woord waar het in staat of dat een letter scheelt (breed).
    #[schema(value_type = crate::model::Breedte)]
    pub breedte: Mode,
    /// Gekozen waarden per veld: bron, map, soort, formaat, jaar, maand, afzender, ontvanger, betrokkene,
    /// custodian, taal, leesbaarheid, dubbel, dossier, beperking of waardering.
    #[schema(value_type = std::collections::BTreeMap<crate::model::Veld, Vec<String>>)]
    pub filters: Filters,
    /// Volgorde van de resultaten.
    #[schema(value_type = crate::model::Volgorde)]
    pub sorteer: Sort,
    /// De datum waar perioden, jaren en volgorde naar kijken.
    #[schema(value_type = crate::model::Tijdveld)]
    pub datumveld: DateField,
    /// Vindt een periode ook documenten zonder datum?
    pub ongedateerd: bool,
    /// Wat maar een keer getoond wordt: geen (alles tonen), dubbel (dezelfde inhoud of hetzelfde bericht), bijna (ook
    /// bijna dezelfde tekst) of draad (een gesprek per mail). De rest telt mee en heet verborgen.
    #[schema(value_type = crate::model::Samenvoegen)]
    pub samenvoegen: Collapse,
    /// De velden waarvan de waarden geteld worden; zonder opgave alle velden.
    #[schema(value_type = Option<Vec<crate::model::Veld>>)]
    pub facetten: Option<Vec<FacetField>>,
    /// Kenmerk van de zaak waarin gezocht wordt. Zonder accounts mag het weg: dan is het de lokale zaak.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 32)]
    pub zaak: Option<String>,
    /// Kenmerk van de zoekopdracht die hiermee verfijnd wordt: andere filters, volgorde of perioden bij dezelfde
    /// vraag. Ze tellen dan als stappen van een zoekactie. Zijn de vraag of de woordenlijsten anders, dan telt deze
    /// zoekopdracht op zichzelf.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 32)]
    pub verfijnt: Option<String>,
}

impl Default for Question {
    fn default() -> Self {
        Question {
            vraag: String::new(),
            wijze: Wijze::default(),
            breedte: Mode::default(),
            filters: Filters::new(),
            sorteer: Sort::default(),
            datumveld: DateField::default(),
            ongedateerd: true,
            samenvoegen: Collapse::default(),
            facetten: None,
            zaak: None,
            verfijnt: None,
        }
    }
}

impl Question {
    /// The question as a tree, with its filters, widened by `lists`.
    pub fn search(&self, lists: &Arc<Lists>) -> Result<Search, ParseError> {
        let query = match self.wijze {
            Wijze::Alle => query::parse(&self.vraag)?,
            Wijze::Een => query::parse_plain(&self.vraag)?,
        };
        let dates = DateOptions {
            field: self.datumveld,
            include_undated: self.ongedateerd,
        };
        Ok(Search {
            query,
            widening: Widening {
                mode: self.breedte,
                lists: lists.clone(),
            },
            filters: self.filters.clone(),
            dates,
            collapse: self.samenvoegen,
        })
    }

    /// The fields to count.
    pub fn fields(&self) -> &[FacetField] {
        self.facetten.as_deref().unwrap_or(&FacetField::ALL)
    }
}

/// A stretch of text around what matched.
pub struct ShownFragment {
    /// The stretch.
    pub fragment: Fragment,
    /// Of a conversation: the message that it comes from.
    pub said: Option<Said>,
}

/// The message of a conversation from which a fragment comes.
pub struct Said {
    /// `JJJJ-MM-DD UU:MM`, with seconds when known.
    pub moment: String,
    /// Who wrote it; `None` for a line of the program itself.
    pub sender: Option<String>,
    /// Whether its day lies outside the period that was asked for.
    pub outside: bool,
}

/// A hit with all that a list shows of it.
pub struct ShownHit {
    /// The hit.
    pub hit: Hit,
    /// Stretches of text around what matched, best first.
    pub fragments: Vec<ShownFragment>,
    /// Why it is a hit.
    pub why: Vec<Why>,
    /// Whether all of its text was looked at for that.
    pub all_counted: bool,
    /// How many other places hold the same bytes.
    pub other_places: u64,
}

/// A stretch of the list, ready to be shown.
pub struct ShownPage {
    /// The hits in order.
    pub hits: Vec<ShownHit>,
    /// Where the next stretch starts.
    pub next: Option<Cursor>,
}

/// Totals, facets and a stretch of the list.
pub fn facets_and_page(
    snapshot: &dyn Snapshot,
    search: &Search,
    fields: &[FacetField],
    sort: Sort,
    after: Option<&Cursor>,
    limit: usize,
) -> Result<(Facets, ShownPage), IndexError> {
    let (facets, page) = snapshot.facets_and_hits(search, fields, sort, after, limit)?;
    let hits = show(snapshot, search, page.hits)?;
    let next = page.next;
    Ok((facets, ShownPage { hits, next }))
}

/// Adds fragments and the number of other places to hits.
pub fn show(
    snapshot: &dyn Snapshot,
    search: &Search,
    hits: Vec<Hit>,
) -> Result<Vec<ShownHit>, IndexError> {
    let plan = snapshot.plan(search)?;
    hits.into_par_iter()
        .map(|hit| show_hit(snapshot, search, &plan, hit))
        .collect()
}

fn show_hit(
    snapshot: &dyn Snapshot,
    search: &Search,
    plan: &Plan,
    hit: Hit,
) -> Result<ShownHit, IndexError> {
    // One lost text must not hide the rest of the list: its hit shows without fragments.
    let text = match snapshot.text(&hit.document) {
        Err(IndexError::TextLost) => String::new(),
        text => text?,
    };
    let (matches, all_counted) = highlight::first_matches(&text, plan);
    let fragments = match hit.document.days.is_empty() {
        true => {
            let bare = |fragment| ShownFragment {
                fragment,
                said: None,
            };
            let found = highlight::fragments(&text, &matches, FRAGMENTS);
            found.into_iter().map(bare).collect()
        }
        false => spoken(&text, search, plan),
    };
    let why = why::why(&hit.document, &text, plan, &matches);
    let other_places = match hit.document.content {
        Some(content) => snapshot.places(content)?.saturating_sub(1),
        None => 0,
    };
    Ok(ShownHit {
        hit,
        fragments,
        why,
        all_counted,
        other_places,
    })
}

/// The fragments of a conversation: the messages that matched, first those in the period that was asked for; the
/// first message when none did.
fn spoken(text: &str, search: &Search, plan: &Plan) -> Vec<ShownFragment> {
    let (talk, period) = (Talk::new(text), Period::of(Some(search)));
    let mut chosen = talk.hits(&highlight::matches(text, plan));
    if chosen.is_empty() {
        let inside = |number: &usize| !period.excludes(talk.day(*number));
        let first = (0..talk.len()).find(inside).unwrap_or(0);
        chosen.extend((first < talk.len()).then_some(first));
    }
    chosen.sort_by_cached_key(|number| period.excludes(talk.day(*number)));
    chosen.truncate(FRAGMENTS);
    let shown = chosen.into_iter().map(|number| {
        let message = talk.message(number);
        let (matches, _) = highlight::first_matches(message.text, plan);
        let found = highlight::fragments(message.text, &matches, 1);
        let fragment = found.into_iter().next().unwrap_or(Fragment {
            text: String::new(),
            marks: Vec::new(),
            page: 1,
        });
        ShownFragment {
            fragment: Fragment {
                page: talk.page(number),
                ..fragment
            },
            said: Some(Said {
                moment: message.moment.to_owned(),
                sender: message.sender.map(str::to_owned),
                outside: period.excludes(talk.day(number)),
            }),
        }
    });
    shown.collect()
}

/// The value of `samenvoegen` with this name.
pub fn collapse_named(name: &str) -> Option<Collapse> {
    Collapse::ALL
        .into_iter()
        .find(|collapse| collapse.name() == name)
}

/// The value of `breedte` with this name.
pub fn mode_named(name: &str) -> Option<Mode> {
    Mode::ALL.into_iter().find(|mode| mode.name() == name)
}

/// The value of `sorteer` with this name.
pub fn sort_named(name: &str) -> Option<Sort> {
    Sort::ALL.into_iter().find(|sort| sort.name() == name)
}

/// The value of `datumveld` with this name.
pub fn date_field_named(name: &str) -> Option<DateField> {
    DateField::ALL
        .into_iter()
        .find(|field| field.name() == name)
}

/// The number of code points before byte `offset`: what the API and the command line count in.
pub fn code_points(text: &str, offset: usize) -> usize {
    text.get(..offset)
        .map_or(0, |before| before.chars().count())
}

/// The question with a caret under `position` (code points), for a terminal. Only the line of the error is
/// shown, so that the caret stands right.
pub fn caret(question: &str, position: usize) -> String {
    let mut line = String::new();
    let mut column = 0;
    for (i, letter) in question.chars().enumerate() {
        if letter == '\n' {
            if i >= position {
                break;
            }
            line.clear();
            column = 0;
            continue;
        }
        line.push(if letter.is_control() { ' ' } else { letter });
        if i < position {
            column += 1;
        }
    }
    format!("  {line}\n  {}^", " ".repeat(column))
}

#[cfg(test)]
mod tests {
    use super::*;
    use zv_shared::plan::{NoWords, expand};

    #[test]
    fn the_caret_stands_under_the_position() {
        assert_eq!(caret("a EN (b", 5), "  a EN (b\n       ^");
        assert_eq!(caret("één OF", 6), "  één OF\n        ^");
        assert_eq!(caret("a\nb EN", 6), "  b EN\n      ^");
        assert_eq!(caret("", 0), "  \n  ^");
    }

    #[test]
    fn a_conversation_shows_its_messages_those_in_the_period_first() {
        let text = "[2024-03-15 14:03] Jan: De kade\n\u{c}[2024-03-16 09:00] Els: Welke kade\n  bedoel je\n\u{c}\
                    [2024-03-17 09:00] Kade: Hallo\n[2024-03-17 09:01] Jan: kade\n";
        let shown = |vraag: &str| {
            let question = Question {
                vraag: vraag.into(),
                ..Question::default()
            };
            let search = question.search(&Arc::default()).expect(vraag);
            let plan = expand(&search.query, &search.widening, &NoWords).expect(vraag);
            let found = spoken(text, &search, &plan);
            let line = |shown: ShownFragment| {
                let (said, fragment) = (shown.said.expect("said"), shown.fragment);
                let sender = said.sender.unwrap_or_default();
                let (text, marks) = (fragment.text, fragment.marks.len());
                (sender, text, marks, fragment.page, said.outside)
            };
            found.into_iter().map(line).collect::<Vec<_>>()
        };
        let line = |sender: &str, text: &str, marks, page, outside| {
            (sender.to_owned(), text.to_owned(), marks, page, outside)
        };
        let welke = line("Els", "Welke kade bedoel je", 1, 2, false);
        let (jan, hallo) = ("De kade", "Hallo");
        assert_eq!(
            shown("kade"),
            [
                line("Jan", jan, 1, 1, false),
                welke.clone(),
                line("Kade", hallo, 0, 3, false)
            ]
        );
        assert_eq!(shown("kade datum:2024-03-16")[0], welke);
        assert!(shown("kade datum:2024-03-16")[1].4);
        assert_eq!(shown("datum:2024-03-16")[0].1, "Welke kade bedoel je");
    }

    #[test]
    fn a_question_reads_from_json_with_only_its_text() {
        let question: Question = serde_json::from_str(r#"{"vraag":"x"}"#).expect("valid");
        assert_eq!(
            question,
            Question {
                vraag: "x".into(),
                ..Question::default()
            }
        );
        assert!(question.ongedateerd);
        for wrong in [
            r#"{"vraag":"x","wijzen":"een"}"#,
            r#"{"filters":{"kleur":["rood"]}}"#,
            r#"{"sorteer":"a"}"#,
        ] {
            assert!(serde_json::from_str::<Question>(wrong).is_err(), "{wrong}");
        }
    }
}
