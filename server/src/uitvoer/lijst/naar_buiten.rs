//! The lists that leave the house: productierapport and public inventory. A document without a judgement is in neither,
//! and nothing in them tells where a document lies.

use super::{Lijst, names, text_row};
use crate::problem::Problem;
use crate::uitvoer::bestand::kenmerk;
use crate::uitvoer::oordelen::{Beoordeling, Stand};
use crate::uitvoer::productierapport::controle::{Afkeuring, Controle};
use crate::uitvoer::productierapport::soort::Bestandssoort;
use crate::uitvoer::productierapport::{Bestandsnaam, Rij};
use crate::uitvoer::tabel::{Geschreven, Kolom, Tabel};
use crate::uitvoer::{inventaris, productierapport};
use crate::web::labels::count;
use crate::zaken::Zaak;
use crate::zaken::indeling::Deel;
use jiff::civil::Date;
use std::collections::HashMap;
use std::hash::Hash;
use std::io::Write;
use zv_shared::date::amsterdam;
use zv_shared::{DocId, Document, GroupKey};

/// Rows that are named when the receiver would refuse them.
const MOST_NAMED: usize = 10;
/// Bytes of a file name that the receiver takes.
const LONGEST_NAME: usize = 500;

/// Numbers from 1 in order of appearance.
struct Ordinals<K>(HashMap<K, u64>);

impl<K: Eq + Hash> Ordinals<K> {
    fn new() -> Self {
        Ordinals(HashMap::new())
    }

    fn of(&mut self, key: K) -> u64 {
        let next = self.0.len() as u64 + 1;
        *self.0.entry(key).or_insert(next)
    }
}

/// What is missing, counted; the first document is named.
#[derive(Default)]
pub(super) struct Missing {
    count: u64,
    first: Option<String>,
}

impl Missing {
    pub(super) fn add(&mut self, document: &Document, stand: &Stand) {
        self.count += 1;
        let name = || match &stand.nummer {
            Some(nummer) => nummer.to_string(),
            None => document.title.clone(),
        };
        self.first.get_or_insert_with(name);
    }

    pub(super) fn or_refuse(self, what: &str) -> Result<(), Problem> {
        let Some(first) = self.first else {
            return Ok(());
        };
        let have = if self.count == 1 { "heeft" } else { "hebben" };
        let documents = count(self.count, "document", "documenten");
        let detail = format!("{documents} {have} nog geen {what}. Het eerste is: {first}.");
        Err(Problem::refused(detail))
    }
}

/// Writes the rows of a productierapport.
pub fn productierapport<W: Write + Send>(
    lijst: &Lijst<'_>,
    mut table: Tabel<W>,
    kolommen: &[Kolom<'_>],
    provisional: &mut u64,
) -> Result<Geschreven, Problem> {
    let (mut controle, mut wrong) = Controle::new(&names(kolommen));
    let (mut families, mut threads) = (Ordinals::<DocId>::new(), Ordinals::<GroupKey>::new());
    let (none, mut missing, mut refused) = (Stand::default(), Missing::default(), wrong.len());
    lijst.set.each(|document| {
        let stand = lijst.oordelen.get(&document.id).unwrap_or(&none);
        let Some(beoordeling) = &stand.beoordeling else {
            missing.add(&document, stand);
            return Ok(());
        };
        *provisional += u64::from(!beoordeling.definitief);
        let rij = Rij {
            family: Some(families.of(document.family)),
            thread: document.relations.thread.map(|key| threads.of(key)),
            ..row(lijst, &document, stand, beoordeling)
        };
        let cells = rij.cellen();
        let found = controle.rij(&cells);
        refused += found.len();
        wrong.extend(found);
        wrong.truncate(MOST_NAMED);
        text_row(&mut table, &cells)
    })?;
    missing.or_refuse("beoordeling")?;
    accepted(&wrong, refused)?;
    Ok(table.finish()?)
}

fn accepted(wrong: &[Afkeuring], all: usize) -> Result<(), Problem> {
    if wrong.is_empty() {
        return Ok(());
    }
    let named: Vec<String> = wrong.iter().map(ToString::to_string).collect();
    let rest = match all - wrong.len() {
        0 => String::new(),
        more => format!("; en nog {more}"),
    };
    let detail = format!(
        "De ontvanger zou dit weigeren of anders lezen: {}{rest}.",
        named.join("; ")
    );
    Err(Problem::refused(detail))
}

fn row(
    lijst: &Lijst<'_>,
    document: &Document,
    stand: &Stand,
    beoordeling: &Beoordeling,
) -> productierapport::Rij {
    let link = &beoordeling.publieke_link;
    Rij {
        id: id(stand, document.id),
        groep: kenmerk(lijst.zaak),
        family: None,
        thread: None,
        document: file_name(document),
        soort: Bestandssoort::van_formaat(&document.format),
        datum: day(document),
        oordeel: beoordeling.oordeel,
        opgeschort: stand.opgeschort(),
        gronden: beoordeling.gronden.clone(),
        dubbel: beoordeling.dubbel_van.is_some(),
        toelichting: beoordeling.toelichting.clone(),
        publieke_links: (!link.is_empty())
            .then(|| link.clone())
            .into_iter()
            .collect(),
        gerelateerd: related(lijst, beoordeling).into_iter().collect(),
        zaaknummers: vec![zaaknummer(lijst.zaak)],
    }
}

/// The number of a document in the case; before it has one, what names it in the index.
fn id(stand: &Stand, document: DocId) -> String {
    match &stand.nummer {
        Some(nummer) => nummer.to_string(),
        None => document.to_string(),
    }
}

/// The document in which the content was judged.
fn related(lijst: &Lijst<'_>, beoordeling: &Beoordeling) -> Option<String> {
    let other = beoordeling.dubbel_van?;
    let none = Stand::default();
    Some(id(lijst.oordelen.get(&other).unwrap_or(&none), other))
}

/// The number of a case as the receiver takes it.
fn zaaknummer(zaak: &Zaak) -> String {
    let known = |c: char| match c.is_ascii_lowercase() || c.is_ascii_digit() || "-.() ".contains(c)
    {
        true => c,
        false => '-',
    };
    zaak.intake
        .nummer
        .trim()
        .to_lowercase()
        .chars()
        .map(known)
        .collect()
}

/// The name of the file, or the subject of a mail that lies in a mailbox; never a folder.
pub fn file_name(document: &Document) -> Bestandsnaam {
    let in_mailbox = !document.place.inner.is_empty() && document.relations.mail.is_some();
    let name = match in_mailbox {
        true => Bestandsnaam::default(),
        false => Bestandsnaam::van_pad(&document.place.name()),
    };
    let name = match name.as_str() {
        "" => Bestandsnaam::van_titel(&document.title),
        _ => name,
    };
    if name.as_str().len() <= LONGEST_NAME {
        return name;
    }
    let most = LONGEST_NAME - '…'.len_utf8();
    let cut = name.as_str().floor_char_boundary(most);
    Bestandsnaam::van_titel(&format!("{}…", &name.as_str()[..cut]))
}

/// Sent, for what was sent; last changed, for the rest. Only a day that is known whole.
fn day(document: &Document) -> Option<Date> {
    let dates = &document.dates;
    let moment = dates.sent_at;
    let moment = moment.map(|moment| moment.to_zoned(amsterdam()).date());
    moment.or_else(|| {
        let date = dates.sent.or(dates.changed)?;
        date.to_string().parse().ok()
    })
}

/// The number of a document for who is not of the house.
pub(super) fn openbaar_nummer(zaak: &Zaak, nummer: &str) -> String {
    format!("{}-{nummer}", kenmerk(zaak))
}

/// What the decision is called of which the list is part.
pub(super) fn besluitnaam(lijst: &Lijst<'_>) -> String {
    let intake = &lijst.zaak.intake;
    let (soort, nummer) = (intake.soort.label(), &intake.nummer);
    match lijst.deel {
        Some(Deel::Deelbesluit(deel)) => format!("Deelbesluit {deel} {soort} {nummer}"),
        Some(Deel::Belanghebbende(_)) | None => format!("Besluit {soort} {nummer}"),
    }
}

/// Writes the rows of a public inventory.
pub fn inventaris<W: Write + Send>(
    lijst: &Lijst<'_>,
    mut table: Tabel<W>,
) -> Result<Geschreven, Problem> {
    let none = Stand::default();
    let (mut unjudged, mut unnumbered) = (Missing::default(), Missing::default());
    let mut provisional = Missing::default();
    lijst.set.each(|document| {
        let stand = lijst.oordelen.get(&document.id).unwrap_or(&none);
        let (Some(beoordeling), Some(nummer)) = (&stand.beoordeling, &stand.nummer) else {
            match stand.beoordeling {
                None => unjudged.add(&document, stand),
                Some(_) => unnumbered.add(&document, stand),
            }
            return Ok(());
        };
        if !beoordeling.definitief {
            provisional.add(&document, stand);
            return Ok(());
        }
        let public = |nummer: &str| openbaar_nummer(lijst.zaak, nummer);
        let other = beoordeling.dubbel_van;
        let other = other.and_then(|other| lijst.oordelen.get(&other)?.nummer.clone());
        let link = &beoordeling.publieke_link;
        let rij = inventaris::Rij {
            document_id: nummer.to_string(),
            documentnummer: public(nummer),
            bestandsnaam: file_name(&document),
            oordeel: beoordeling.oordeel,
            gronden: beoordeling.gronden.clone(),
            dubbel: beoordeling.dubbel_van.is_some(),
            toelichting: beoordeling.toelichting.clone(),
            publieke_links: (!link.is_empty())
                .then(|| link.clone())
                .into_iter()
                .collect(),
            locatie: None,
            opgeschort: stand.opgeschort(),
            gerelateerd: other.iter().map(|nummer| public(nummer)).collect(),
            locaties_gerelateerd: Vec::new(),
            besluitnaam: besluitnaam(lijst),
        };
        let cells = rij.cellen();
        let cells = cells.map_err(|error| Problem::refused(error.to_string()))?;
        text_row(&mut table, &cells)
    })?;
    unjudged.or_refuse("beoordeling")?;
    unnumbered.or_refuse("nummer")?;
    provisional.or_refuse("definitieve beoordeling")?;
    Ok(table.finish()?)
}
