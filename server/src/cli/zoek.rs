//! `zoek`: one question, or a file full of them. Streams: a list of a million hits takes no more memory than a
//! short one.

use super::args::Zoek;
use super::exit::Failure;
use super::{printable, serve};
use crate::mensen::{Actor, Via};
use crate::model::{self, HitBody};
use crate::search::{self, Question, ShownFragment, ShownHit};
use crate::state::App;
use crate::store::StoreError;
use crate::toegang::Zicht;
use crate::web::labels;
use crate::web::text::marked;
use crate::zaken::acties::Done;
use jiff::Timestamp;
use serde::Serialize;
use std::fs::File;
use std::io::{self, BufRead, BufReader, IsTerminal, Read, Write};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use zv_shared::index::{FacetField, Facets, Hit, IndexError, Page, Search, Snapshot, Sort};
use zv_shared::lists::Lists;

/// Hits fetched at a time.
const STRETCH: u64 = 200;

/// The archive as it is searched from here: everything, in the local case.
struct Desk {
    app: Arc<App>,
    zicht: Zicht,
    lists: Arc<Lists>,
    snapshot: Arc<dyn Snapshot>,
}

impl Desk {
    fn open(folder: &Path) -> Result<Self, Failure> {
        let app = serve::app(folder)?;
        if app.store.has_accounts()? {
            return Err(Failure::new(
                "er zijn accounts, dus zoeken kan alleen in een zaak; gebruik de webpagina's: zoekenvind serve",
            ));
        }
        let zicht = app.zicht(&Actor::local(Via::Opdracht), None)?;
        let snapshot = app.snapshot(&zicht)?;
        Ok(Desk {
            lists: app.lists_now(&zicht.zaak.id)?,
            app,
            zicht,
            snapshot,
        })
    }

    /// Records a search that was done. What takes longer to count is left to the server.
    fn record(
        &self,
        question: &Question,
        search: &Search,
        facets: &Facets,
        begun: Timestamp,
    ) -> Result<(), Failure> {
        let store = &self.app.store;
        let id = store.add(question, &self.zicht.actor.id, &self.lists)?;
        let stored = store
            .get(&id)?
            .ok_or(StoreError::Missing("de zoekopdracht is weg"))?;
        let done = Done {
            stored: &stored,
            search,
            plan: &self.snapshot.plan(search)?,
            counts: facets.counts,
            begun,
        };
        let bronnen = crate::runs::coverage(&self.app.folder)?;
        store.record(&self.zicht, &*self.snapshot, bronnen, &done)?;
        Ok(())
    }
}

/// Does it.
pub fn run(folder: &Path, options: &Zoek) -> Result<ExitCode, Failure> {
    let desk = Desk::open(folder)?;
    let mut out = io::BufWriter::new(io::stdout().lock());
    match &options.lijst {
        Some(file) => list(&mut out, &desk, options, file)?,
        None => one(&mut out, &desk, options)?,
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

fn one(out: &mut impl Write, desk: &Desk, options: &Zoek) -> Result<(), Failure> {
    let mut text = options.vraag.clone().unwrap_or_default();
    if text == "-" {
        let mut bytes = Vec::new();
        io::stdin().lock().read_to_end(&mut bytes)?;
        text = String::from_utf8(bytes).map_err(|_| Failure::usage("de vraag is geen UTF-8"))?;
        text.truncate(text.trim_end().len());
    }
    let question = question(options, text);
    let search = question
        .search(&desk.lists)
        .map_err(|error| Failure::question(&question.vraag, &error))?;
    let begun = Timestamp::now();
    let (facets, list) = List::start(&*desk.snapshot, &search, &options.facet, options)?;
    desk.record(&question, &search, &facets, begun)?;
    if options.json {
        one_json(out, list, &facets)
    } else {
        one_text(out, list, &facets)
    }
}

fn question(options: &Zoek, vraag: String) -> Question {
    let mut question = Question {
        vraag,
        wijze: options.wijze,
        sorteer: options.sorteer,
        datumveld: options.datumveld,
        ongedateerd: !options.zonder_ongedateerd,
        samenvoegen: options.samenvoegen,
        breedte: options.breedte,
        ..Question::default()
    };
    for (field, value) in &options.filter {
        question
            .filters
            .entry(*field)
            .or_default()
            .insert(value.clone());
    }
    question
}

/// The first `--max` hits, fetched stretch by stretch.
struct List<'a> {
    snapshot: &'a dyn Snapshot,
    search: &'a Search,
    sort: Sort,
    left: u64,
    page: Page,
}

impl<'a> List<'a> {
    fn start(
        snapshot: &'a dyn Snapshot,
        search: &'a Search,
        fields: &[FacetField],
        options: &Zoek,
    ) -> Result<(Facets, Self), IndexError> {
        let (sort, left) = (options.sorteer, options.max);
        let (facets, page) = snapshot.facets_and_hits(search, fields, sort, None, stretch(left))?;
        let list = List {
            snapshot,
            search,
            sort,
            left,
            page,
        };
        Ok((facets, list))
    }

    /// The next hits; none at the end.
    fn next(&mut self) -> Result<Vec<Hit>, IndexError> {
        let hits = std::mem::take(&mut self.page.hits);
        self.left = self.left.saturating_sub(hits.len() as u64);
        if let (Some(after), 1..) = (self.page.next.take(), self.left) {
            let limit = stretch(self.left);
            self.page = self
                .snapshot
                .hits(self.search, self.sort, Some(&after), limit)?;
        }
        Ok(hits)
    }

    /// Gives every hit with its fragments.
    fn each_shown(
        mut self,
        mut each: impl FnMut(ShownHit) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        loop {
            let hits = self.next()?;
            if hits.is_empty() {
                return Ok(());
            }
            search::show(self.snapshot, self.search, hits)?
                .into_iter()
                .try_for_each(&mut each)?;
        }
    }
}

fn stretch(left: u64) -> usize {
    usize::try_from(left.min(STRETCH)).unwrap_or(1)
}

fn one_json(out: &mut impl Write, list: List<'_>, facets: &Facets) -> Result<(), Failure> {
    let counts = facets.counts;
    write!(
        out,
        "{{\"totaal\":{},\"ongedateerd\":{},\"verborgen\":{},\"canoniek\":",
        counts.total, counts.undated, counts.hidden
    )?;
    serde_json::to_writer(&mut *out, &list.search.query.to_string())?;
    out.write_all(b",\"resultaten\":[")?;
    let mut first = true;
    list.each_shown(|hit| {
        if !std::mem::take(&mut first) {
            out.write_all(b",")?;
        }
        Ok(serde_json::to_writer(&mut *out, &HitBody::from(hit))?)
    })?;
    out.write_all(b"],\"facetten\":")?;
    serde_json::to_writer(&mut *out, &model::facets(facets))?;
    Ok(out.write_all(b"}\n")?)
}

fn one_text(out: &mut impl Write, list: List<'_>, facets: &Facets) -> Result<(), Failure> {
    let counts = facets.counts;
    write!(
        out,
        "{}",
        labels::count(counts.total, "document", "documenten")
    )?;
    if counts.undated > 0 {
        write!(
            out,
            ", waarvan {} zonder datum",
            labels::number(counts.undated)
        )?;
    }
    if counts.hidden > 0 {
        let hidden = labels::number(counts.hidden);
        write!(out, ", {hidden} niet getoond want samengevoegd")?;
    }
    writeln!(out, " voor: {}", printable(&list.search.query.to_string()))?;
    let (on, off) = if io::stdout().is_terminal() {
        ("\x1b[1m", "\x1b[0m")
    } else {
        ("", "")
    };
    let mut number = 0;
    list.each_shown(|shown| {
        number += 1;
        Ok(write_hit(out, number, &shown, (on, off))?)
    })?;
    Ok(write_facets(out, facets)?)
}

/// One hit for a person; `on` and `off` go around what was found.
fn write_hit(
    out: &mut impl Write,
    number: u64,
    shown: &ShownHit,
    (on, off): (&str, &str),
) -> io::Result<()> {
    let document = &shown.hit.document;
    writeln!(out, "\n{number}. {on}{}{off}", printable(&document.title))?;
    writeln!(
        out,
        "   {}: {}",
        printable(&document.bron),
        printable(&document.place.to_string())
    )?;
    let date = document.dates.effective().map_or_else(
        || "zonder datum".to_owned(),
        |dated| {
            format!(
                "{} ({})",
                labels::date(dated.date),
                labels::origin(dated.origin)
            )
        },
    );
    writeln!(
        out,
        "   {}, {}, {date}",
        labels::format_name(&document.format),
        document.kind
    )?;
    if let Some(reason) = &document.reason {
        writeln!(
            out,
            "   {}: {}",
            labels::readability(document.readability),
            printable(reason)
        )?;
    }
    for ShownFragment { fragment, said } in &shown.fragments {
        write!(out, "   … ")?;
        if let Some(said) = said {
            let sender = said.sender.as_deref().unwrap_or("*");
            write!(out, "[{}] {}: ", said.moment, printable(sender))?;
        }
        for (hit, text) in marked(&fragment.text, &fragment.marks) {
            let (on, off) = if hit { (on, off) } else { ("", "") };
            write!(out, "{on}{}{off}", printable(text))?;
        }
        writeln!(out)?;
    }
    Ok(())
}

fn write_facets(out: &mut impl Write, facets: &Facets) -> io::Result<()> {
    for facet in &facets.facets {
        writeln!(out, "\n{}", labels::field(facet.field))?;
        for value in &facet.values {
            let chosen = if value.chosen { "*" } else { " " };
            writeln!(
                out,
                " {chosen} {:>10}  {}",
                labels::number(value.count),
                printable(&value.value)
            )?;
        }
    }
    Ok(())
}

/// The answer to a line of a list.
#[derive(Serialize)]
#[serde(untagged)]
enum Answer {
    Found {
        id: String,
        totaal: u64,
        resultaten: Vec<HitBody>,
    },
    Wrong {
        id: String,
        fout: Mistake,
    },
}

#[derive(Serialize)]
struct Mistake {
    positie: usize,
    melding: String,
}

fn list(out: &mut impl Write, desk: &Desk, options: &Zoek, file: &Path) -> Result<(), Failure> {
    let source: Box<dyn BufRead> = if file == Path::new("-") {
        Box::new(io::stdin().lock())
    } else {
        let open = File::open(file);
        Box::new(BufReader::new(open.map_err(|error| {
            Failure::usage(format!("{} is niet te lezen: {error}", file.display()))
        })?))
    };
    for (index, line) in source.split(b'\n').enumerate() {
        let answer = answer(desk, options, index + 1, &line?)?;
        if options.json {
            serde_json::to_writer(&mut *out, &answer)?;
            writeln!(out)?;
        } else {
            answer_text(out, &answer)?;
        }
        out.flush()?;
    }
    Ok(())
}

fn answer(desk: &Desk, options: &Zoek, number: usize, line: &[u8]) -> Result<Answer, Failure> {
    let Ok(line) = std::str::from_utf8(line) else {
        let melding = "Deze regel is geen UTF-8.".to_owned();
        return Ok(Answer::Wrong {
            id: number.to_string(),
            fout: Mistake {
                positie: 0,
                melding,
            },
        });
    };
    let (id, text) = split(line, number);
    let question = question(options, text.to_owned());
    let search = match question.search(&desk.lists) {
        Ok(search) => search,
        Err(error) => {
            return Ok(Answer::Wrong {
                id,
                fout: Mistake {
                    positie: error.positie,
                    melding: error.melding,
                },
            });
        }
    };
    let begun = Timestamp::now();
    let (facets, mut list) = match List::start(&*desk.snapshot, &search, &[], options) {
        Ok(started) => started,
        Err(error @ IndexError::TooWide(_)) => {
            return Ok(Answer::Wrong {
                id,
                fout: Mistake {
                    positie: 0,
                    melding: crate::problem::sentence(&error.to_string()),
                },
            });
        }
        Err(error) => return Err(error.into()),
    };
    desk.record(&question, &search, &facets, begun)?;
    let mut resultaten = Vec::new();
    loop {
        let hits = list.next()?;
        if hits.is_empty() {
            break;
        }
        let bare = |hit| ShownHit {
            hit,
            fragments: Vec::new(),
            why: Vec::new(),
            all_counted: true,
            other_places: 0,
        };
        resultaten.extend(hits.into_iter().map(bare).map(HitBody::from));
    }
    Ok(Answer::Found {
        id,
        totaal: facets.counts.total,
        resultaten,
    })
}

/// The id and the question of a line; without an id its number.
fn split(line: &str, number: usize) -> (String, &str) {
    let line = line.trim_end_matches('\r');
    match line.split_once('\t') {
        Some((id, question)) => (id.trim().to_owned(), question),
        None => (number.to_string(), line),
    }
}

fn answer_text(out: &mut impl Write, answer: &Answer) -> io::Result<()> {
    match answer {
        Answer::Found {
            id,
            totaal,
            resultaten,
        } => {
            writeln!(
                out,
                "{}: {}",
                printable(id),
                labels::count(*totaal, "document", "documenten")
            )?;
            resultaten.iter().try_for_each(|hit| {
                writeln!(
                    out,
                    "  {}: {}  {}",
                    printable(&hit.bron),
                    printable(&hit.pad),
                    printable(&hit.titel)
                )
            })
        }
        Answer::Wrong { id, fout } => {
            writeln!(
                out,
                "{}: fout bij teken {}: {}",
                printable(id),
                fout.positie + 1,
                fout.melding
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_its_own_id_or_its_number() {
        assert_eq!(split("gas OF olie\r", 3), ("3".into(), "gas OF olie"));
        assert_eq!(split("v12\tgas\tolie", 3), ("v12".into(), "gas\tolie"));
        assert_eq!(split("", 1), ("1".into(), ""));
    }

    #[test]
    fn answers_to_a_list_have_the_promised_shape() {
        let wrong = Answer::Wrong {
            id: "a".into(),
            fout: Mistake {
                positie: 2,
                melding: "m".into(),
            },
        };
        assert_eq!(
            serde_json::to_string(&wrong).expect("json"),
            r#"{"id":"a","fout":{"positie":2,"melding":"m"}}"#
        );
        let found = Answer::Found {
            id: "b".into(),
            totaal: 0,
            resultaten: Vec::new(),
        };
        assert_eq!(
            serde_json::to_string(&found).expect("json"),
            r#"{"id":"b","totaal":0,"resultaten":[]}"#
        );
    }
}
