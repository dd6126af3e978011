//! The list for the house itself: everything that is known of each document and what the case says of it.

use super::Lijst;
use crate::model::origin_name;
use crate::problem::Problem;
use crate::uitvoer::oordelen::Stand;
use crate::uitvoer::productierapport::grondcel;
use crate::uitvoer::tabel::{Cel, Geschreven, Kolom, Tabel};
use std::borrow::Cow;
use std::io::Write;
use zv_indexer::account::path_base64;
use zv_shared::index::Snapshot;
use zv_shared::{DocId, Document, Public};

/// Places with the same content that are named in a row; their number is always exact.
const MOST_PLACES: u64 = 100;

/// The columns.
pub const KOLOMMEN: [Kolom<'static>; 57] = [
    Kolom::new("Volgnummer"),
    Kolom::id("Documentnummer"),
    Kolom::id("Document ID"),
    Kolom::new("Bron"),
    Kolom::new("Pad"),
    Kolom::new("Pad in base64"),
    Kolom::new("Bestandsnaam"),
    Kolom::new("Titel"),
    Kolom::new("Documentsoort"),
    Kolom::new("Formaat"),
    Kolom::new("Auteurs"),
    Kolom::new("Van"),
    Kolom::new("Aan"),
    Kolom::new("Betrokkenen"),
    Kolom::new("Custodian"),
    Kolom::new("Datum"),
    Kolom::new("Herkomst datum"),
    Kolom::new("Verzonden"),
    Kolom::new("Verzonden om (UTC)"),
    Kolom::new("Opgemaakt"),
    Kolom::new("Herkomst opgemaakt"),
    Kolom::new("Bestand gewijzigd"),
    Kolom::new("Berichtdagen"),
    Kolom::new("Taal"),
    Kolom::new("Leesbaarheid"),
    Kolom::new("Reden leesbaarheid"),
    Kolom::new("Bytes"),
    Kolom::new("Bladzijden"),
    Kolom::id("SHA-256"),
    Kolom::id("Familie ID"),
    Kolom::id("Ouder ID"),
    Kolom::new("Volgorde in familie"),
    Kolom::new("Familie volledig"),
    Kolom::id("Draad ID"),
    Kolom::new("Inclusief"),
    Kolom::new("Dubbel"),
    Kolom::id("Groep zelfde inhoud"),
    Kolom::id("Groep bijna dezelfde tekst"),
    Kolom::new("Al openbaar"),
    Kolom::new("Waar openbaar"),
    Kolom::new("Aantal plaatsen met dezelfde inhoud"),
    Kolom::new("Andere plaatsen"),
    Kolom::new("Schifting"),
    Kolom::new("Reden schifting"),
    Kolom::new("Toelichting schifting"),
    Kolom::id("Schifting: dubbel van"),
    Kolom::new("Schifting: link"),
    Kolom::new("Schifting: regeling"),
    Kolom::new("Beoordeling"),
    Kolom::new("Gronden"),
    Kolom::new("Toelichting beoordeling"),
    Kolom::id("Beoordeling: dubbel van"),
    Kolom::new("Beoordeling: link"),
    Kolom::new("Beoordeling definitief"),
    Kolom::new("Deelbesluit"),
    Kolom::new("Belanghebbenden"),
    Kolom::new("Overige eigenschappen"),
];

/// What stands in a cell.
enum Waarde<'a> {
    Tekst(Cow<'a, str>),
    Getal(u64),
}

impl<'a> Waarde<'a> {
    fn of(text: &'a str) -> Self {
        Waarde::Tekst(Cow::Borrowed(text))
    }

    fn made(text: impl ToString) -> Self {
        Waarde::Tekst(Cow::Owned(text.to_string()))
    }

    fn maybe(text: Option<impl ToString>) -> Self {
        text.map_or(Waarde::of(""), Waarde::made)
    }

    fn all(values: &[impl ToString]) -> Self {
        let values: Vec<String> = values.iter().map(ToString::to_string).collect();
        Waarde::made(values.join("; "))
    }

    fn cel(&self) -> Cel<'_> {
        match self {
            Waarde::Tekst(text) if text.is_empty() => Cel::Leeg,
            Waarde::Tekst(text) => Cel::Tekst(text),
            Waarde::Getal(number) => Cel::Getal(*number),
        }
    }
}

/// Writes the rows.
pub fn write<W: Write + Send>(
    lijst: &Lijst<'_>,
    mut table: Tabel<W>,
) -> Result<Geschreven, Problem> {
    let (none, mut row) = (Stand::default(), 0);
    lijst.set.each(|document| {
        row += 1;
        let stand = lijst.oordelen.get(&document.id).unwrap_or(&none);
        let places = places(&*lijst.set.snapshot, &document)?;
        let cells = values(row, &document, stand, &places);
        let cells: Vec<Cel<'_>> = cells.iter().map(Waarde::cel).collect();
        Ok(table.row(&cells)?)
    })?;
    Ok(table.finish()?)
}

/// Where the same bytes lie: how many places, and the other ones by name.
struct Places {
    count: u64,
    others: String,
}

fn places(snapshot: &dyn Snapshot, document: &Document) -> Result<Places, Problem> {
    let Some(content) = document.content else {
        return Ok(Places {
            count: 1,
            others: String::new(),
        });
    };
    let count = snapshot.places(content)?;
    let others = match count {
        0 | 1 => String::new(),
        2..=MOST_PLACES => {
            let all = snapshot.same_content(content)?;
            let others = all.iter().filter(|other| other.id != document.id);
            let named: Vec<String> = others
                .map(|other| format!("{}/{}", other.bron, other.place))
                .collect();
            named.join("; ")
        }
        _ => format!("meer dan {MOST_PLACES} plaatsen; te vinden met SHA-256 {content}"),
    };
    Ok(Places { count, others })
}

fn yes_or_no(value: bool) -> &'static str {
    if value { "ja" } else { "nee" }
}

fn values<'a>(
    row: u64,
    document: &'a Document,
    stand: &'a Stand,
    places: &'a Places,
) -> Vec<Waarde<'a>> {
    let mut cells = vec![
        Waarde::Getal(row),
        Waarde::of(stand.nummer.as_deref().unwrap_or_default()),
        Waarde::made(document.id),
        Waarde::of(&document.bron),
        Waarde::made(&document.place),
        Waarde::maybe(path_base64(&document.place.path)),
        Waarde::made(document.place.name()),
        Waarde::of(&document.title),
        Waarde::of(&document.kind),
        Waarde::of(&document.format),
        Waarde::all(&document.authors),
        Waarde::all(&document.from),
        Waarde::all(&document.to),
        Waarde::all(&document.people),
        Waarde::of(document.custodian.as_deref().unwrap_or_default()),
    ];
    cells.extend(dates(document));
    cells.extend([
        Waarde::of(document.language.as_deref().unwrap_or_default()),
        Waarde::of(document.readability.name()),
        Waarde::of(document.reason.as_deref().unwrap_or_default()),
        Waarde::Getal(document.size),
        Waarde::Getal(u64::from(document.pages)),
        Waarde::maybe(document.content),
    ]);
    cells.extend(belonging(document));
    cells.extend([Waarde::Getal(places.count), Waarde::of(&places.others)]);
    cells.extend(judged(stand));
    let properties = document.metadata.iter();
    let properties: Vec<String> = properties
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    cells.push(Waarde::all(&properties));
    cells
}

fn dates(document: &Document) -> [Waarde<'_>; 8] {
    let dates = &document.dates;
    let effective = dates.effective();
    [
        Waarde::maybe(effective.map(|dated| dated.date)),
        Waarde::of(effective.map_or("", |dated| origin_name(dated.origin))),
        Waarde::maybe(dates.sent),
        Waarde::maybe(dates.sent_at),
        Waarde::maybe(dates.document.map(|dated| dated.date)),
        Waarde::of(dates.document.map_or("", |dated| origin_name(dated.origin))),
        Waarde::maybe(dates.changed),
        Waarde::all(&document.days),
    ]
}

fn belonging(document: &Document) -> [Waarde<'_>; 11] {
    let relations = &document.relations;
    let published = relations.published.as_ref();
    [
        Waarde::made(document.family),
        Waarde::maybe(document.parent),
        Waarde::Getal(u64::from(document.ordinal)),
        Waarde::of(yes_or_no(document.complete)),
        Waarde::maybe(relations.thread),
        Waarde::of(relations.inclusive.map_or("", yes_or_no)),
        Waarde::of(relations.likeness.name()),
        Waarde::maybe(relations.same),
        Waarde::maybe(relations.near),
        Waarde::of(Public::value(published)),
        Waarde::of(published.map_or("", |published| &published.place)),
    ]
}

fn judged(stand: &Stand) -> [Waarde<'_>; 14] {
    let schifting = stand.schifting.as_deref();
    let beoordeling = stand.beoordeling.as_deref();
    let delen = stand.delen.as_deref();
    let double = |id: Option<DocId>| Waarde::maybe(id);
    [
        Waarde::of(schifting.map_or("", |one| one.waarde.label())),
        Waarde::of(
            schifting
                .and_then(|one| one.reden)
                .map_or("", |reden| reden.label()),
        ),
        Waarde::of(schifting.map_or("", |one| &one.toelichting)),
        double(schifting.and_then(|one| one.dubbel_van)),
        Waarde::of(schifting.map_or("", |one| &one.link)),
        Waarde::of(schifting.map_or("", |one| &one.regeling)),
        Waarde::of(beoordeling.map_or("", |one| one.oordeel.naam())),
        Waarde::maybe(beoordeling.map(|one| grondcel(&one.gronden, one.dubbel_van.is_some()))),
        Waarde::of(beoordeling.map_or("", |one| &one.toelichting)),
        double(beoordeling.and_then(|one| one.dubbel_van)),
        Waarde::of(beoordeling.map_or("", |one| &one.publieke_link)),
        Waarde::of(beoordeling.map_or("", |one| yes_or_no(one.definitief))),
        Waarde::maybe(delen.and_then(|delen| delen.deelbesluit)),
        delen.map_or(Waarde::of(""), |delen| Waarde::all(&delen.belanghebbenden)),
    ]
}
