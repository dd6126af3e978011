//! The tables of a bundle, one function for each. Written row by row; names of columns are a contract with whoever
//! reads them. Never holds who asked.

mod steekproeven;

pub use steekproeven::steekproeven;

use crate::uitvoer::tabel::{Cel, Fout, Kolom, Tabel, Vorm};
use crate::uitvoer::verantwoording::{Verantwoording, bronnen, tekst};
use crate::unreadable::{self, UNKNOWN};
use crate::web::labels;
use crate::zaken::acties::Zoekactie;
use crate::zaken::woordenlijst::gebruik::VanLijst;
use std::io::{self, Write};
use std::path::Path;
use zv_shared::Document;
use zv_shared::index::{Snapshot, Sort};

/// Where a table is written.
pub(super) type Uit<'a> = &'a mut (dyn Write + Send);

/// A table whose texts are those that this version may say.
pub(super) struct Lijst<'a> {
    v: &'a Verantwoording,
    tabel: Tabel<Uit<'a>>,
}

impl<'a> Lijst<'a> {
    pub(super) fn new(
        v: &'a Verantwoording,
        koppen: &[&str],
        uit: Uit<'a>,
        werkmap: &Path,
    ) -> Result<Self, Fout> {
        let tabel = table(koppen, uit, werkmap)?;
        Ok(Lijst { v, tabel })
    }

    pub(super) fn row(&mut self, cellen: &[Cel<'_>]) -> Result<(), Fout> {
        let clean: Vec<Option<String>> = cellen
            .iter()
            .map(|cel| match cel {
                Cel::Tekst(text) => Some(self.v.schoon(text)),
                _ => None,
            })
            .collect();
        let row: Vec<Cel<'_>> = cellen
            .iter()
            .zip(&clean)
            .map(|(cel, clean)| clean.as_deref().map_or(*cel, Cel::Tekst))
            .collect();
        self.tabel.row(&row)
    }

    pub(super) fn finish(self) -> Result<(), Fout> {
        self.tabel.finish().map(|_| ())
    }
}

fn table<'a>(koppen: &[&str], uit: Uit<'a>, werkmap: &Path) -> Result<Tabel<Uit<'a>>, Fout> {
    let kolommen: Vec<Kolom<'_>> = koppen.iter().map(|kop| Kolom::new(kop)).collect();
    Tabel::new(Vorm::Csv, "tabel", &kolommen, uit, werkmap)
}

/// The case in figures. `why` says why nothing of the archive is in the bundle.
pub fn samenvatting(
    v: &Verantwoording,
    why: Option<&String>,
    uit: Uit<'_>,
    werkmap: &Path,
) -> Result<(), Fout> {
    let mut lijst = Lijst::new(v, &["onderdeel", "waarde"], uit, werkmap)?;
    let intake = &v.zaak.intake;
    let gemaakt = v.gemaakt.to_string();
    let (titel, hoofd) = (v.vrij(&intake.titel), v.hoofd.to_string());
    let niet_leesbaar = why.map_or("opgenomen".to_owned(), |why| {
        format!("niet opgenomen: {why}")
    });
    let texts = [
        ("zaak", intake.nummer.as_str()),
        ("titel", titel.as_str()),
        ("soort", intake.soort.name()),
        ("lokale zaak", if v.zaak.is_local() { "ja" } else { "nee" }),
        ("gemaakt", gemaakt.as_str()),
        ("programma", env!("CARGO_PKG_VERSION")),
        ("auditspoor", hoofd.as_str()),
        ("niet-leesbaar.csv", niet_leesbaar.as_str()),
    ];
    for (name, value) in texts {
        lijst.row(&[Cel::Tekst(name), Cel::Tekst(value)])?;
    }
    let in_rounds = v
        .acties
        .iter()
        .filter(|actie| actie.ronde.is_some())
        .count();
    let figures = [
        ("versies van de afbakening", v.afbakeningen.len() as u64),
        ("versies van het zoekplan", v.plannen.len() as u64),
        ("machtigingen", v.machtigingen.len() as u64),
        ("zoekrondes", v.rondes.len() as u64),
        ("zoekacties", v.acties.len() as u64),
        ("zoekacties in zoekrondes", in_rounds as u64),
        ("vragen aan personen", v.navragen.len() as u64),
        ("gevonden in zoekrondes", v.vondst.gevonden),
        ("na ontdubbelen", v.vondst.uniek),
        ("gemaskeerde termen", v.gemaskeerd as u64),
    ];
    for (name, value) in figures {
        lijst.row(&[Cel::Tekst(name), Cel::Getal(value)])?;
    }
    lijst.finish()
}

/// Every zoekactie that was done.
pub fn zoekacties(v: &Verantwoording, uit: Uit<'_>, werkmap: &Path) -> Result<(), Fout> {
    let koppen = [
        "zoekactie",
        "ronde",
        "stap_van",
        "begonnen",
        "milliseconden",
        "door",
        "vraag",
        "canoniek",
        "wijze",
        "breedte",
        "filters",
        "datumveld",
        "ongedateerd_telt_mee",
        "samenvoegen",
        "bronnen",
        "buiten_machtiging",
        "machtiging",
        "zoekplan",
        "treffers",
        "ongedateerd",
        "verborgen",
        "na_ontdubbelen",
        "families",
        "onleesbaar",
        "niet_geteld_omdat",
        "uitkomst_sha256",
        "stand",
        "verslag_sha256",
    ];
    let mut lijst = Lijst::new(v, &koppen, uit, werkmap)?;
    for actie in &v.acties {
        actie_row(v, actie, &mut lijst)?;
    }
    lijst.finish()
}

fn actie_row(v: &Verantwoording, actie: &Zoekactie, lijst: &mut Lijst<'_>) -> Result<(), Fout> {
    let verslag = &actie.verslag;
    let question = &verslag.zoekvraag;
    let number = |number: Option<u32>| number.map_or(Cel::Leeg, |number| Cel::Getal(number.into()));
    let begonnen = verslag.begonnen.to_string();
    let wijze = match question.wijze {
        crate::search::Wijze::Alle => "alle",
        crate::search::Wijze::Een => "een",
    };
    let filters = tekst::filters(v, verslag).join("; ");
    let names: Vec<&str> = bronnen::searched(verslag)
        .map(|bron| bron.naam.as_str())
        .collect();
    let (bronnen, buiten) = (names.join("; "), verslag.buiten_machtiging.join("; "));
    let telling = actie.telling.as_ref();
    let why = match telling {
        None => "nog niet geteld",
        Some(telling) => telling.gemist.as_deref().unwrap_or(""),
    };
    let counted = telling.filter(|telling| telling.gemist.is_none());
    let figure = |of: fn(&crate::zaken::telling::Telling) -> u64| {
        counted.map_or(Cel::Leeg, |one| Cel::Getal(of(one)))
    };
    lijst.row(&[
        Cel::Getal(actie.nummer.into()),
        number(actie.ronde),
        number(v.stap_van(actie)),
        Cel::Tekst(&begonnen),
        Cel::Getal(verslag.milliseconden),
        Cel::Tekst(&verslag.naam),
        Cel::Tekst(&question.vraag),
        Cel::Tekst(&verslag.canoniek),
        Cel::Tekst(wijze),
        Cel::Tekst(question.breedte.name()),
        Cel::Tekst(&filters),
        Cel::Tekst(question.datumveld.name()),
        Cel::Tekst(if question.ongedateerd { "ja" } else { "nee" }),
        Cel::Tekst(question.samenvoegen.name()),
        Cel::Tekst(&bronnen),
        Cel::Tekst(&buiten),
        Cel::Tekst(&verslag.machtiging_wijze),
        number(verslag.zoekplan),
        Cel::Getal(verslag.totaal),
        Cel::Getal(verslag.ongedateerd),
        Cel::Getal(verslag.verborgen),
        figure(|one| one.na_ontdubbelen),
        figure(|one| one.families),
        figure(|one| one.onleesbaar),
        Cel::Tekst(why),
        Cel::Tekst(counted.map_or("", |one| &one.uitkomst)),
        Cel::Tekst(&verslag.stand),
        Cel::Tekst(&actie.hash),
    ])
}

/// Every term with its counts (`term`), and every word with what was also searched for it (`woord`, `uitgesloten`).
pub fn termen(v: &Verantwoording, uit: Uit<'_>, werkmap: &Path) -> Result<(), Fout> {
    let koppen = [
        "zoekactie",
        "ronde",
        "soort",
        "term",
        "uitbreiding",
        "uitbreiding_soort",
        "telde_mee",
        "treffers",
        "uniek",
        "families",
        "lijsten",
    ];
    let mut lijst = Lijst::new(v, &koppen, uit, werkmap)?;
    for actie in &v.acties {
        let nummer = Cel::Getal(actie.nummer.into());
        let ronde = actie
            .ronde
            .map_or(Cel::Leeg, |ronde| Cel::Getal(ronde.into()));
        for term in actie.telling.iter().flat_map(|telling| &telling.termen) {
            let figures = [term.treffers, term.uniek, term.families].map(Cel::Getal);
            let texts = [
                Cel::Tekst("term"),
                Cel::Tekst(&term.tekst),
                Cel::Leeg,
                Cel::Leeg,
                Cel::Tekst("ja"),
            ];
            let row: Vec<Cel<'_>> = [nummer, ronde]
                .into_iter()
                .chain(texts)
                .chain(figures)
                .chain([Cel::Leeg])
                .collect();
            lijst.row(&row)?;
        }
        for woord in actie.woorden() {
            let soort = if woord.uitgesloten {
                "uitgesloten"
            } else {
                "woord"
            };
            let mut row = |tekst: &str, kind: &str, on: bool, lists: &[VanLijst]| {
                let on = if on { "ja" } else { "nee" };
                let texts = [soort, &woord.tekst, tekst, kind, on].map(Cel::Tekst);
                let figures = [Cel::Leeg; 3];
                let names: Vec<String> = lists.iter().map(labels::list).collect();
                let names = names.join("; ");
                let row: Vec<Cel<'_>> = [nummer, ronde]
                    .into_iter()
                    .chain(texts)
                    .chain(figures)
                    .chain([Cel::Tekst(&names)])
                    .collect();
                lijst.row(&row)
            };
            if woord.uitbreidingen.is_empty() {
                row("", "", true, &[])?;
            }
            for other in &woord.uitbreidingen {
                row(&other.tekst, &other.soort, other.aan, &other.lijsten)?;
            }
        }
    }
    lijst.finish()
}

/// Every source that was searched, as complete as it was then, and every one that was not.
pub fn bronnen(v: &Verantwoording, uit: Uit<'_>, werkmap: &Path) -> Result<(), Fout> {
    let koppen = [
        "bron",
        "doorzocht",
        "reden",
        "run",
        "begonnen",
        "status",
        "documenten",
        "onleesbaar",
        "gedeeltelijk",
        "overgeslagen",
        "zoekacties",
        "verkennend",
    ];
    let mut lijst = Lijst::new(v, &koppen, uit, werkmap)?;
    let numbers = |numbers: &[u32]| {
        let texts: Vec<String> = numbers.iter().map(u32::to_string).collect();
        texts.join(" ")
    };
    for one in &v.bronnen.doorzocht {
        let bron = &one.bron;
        let reason = one.niet_volledig();
        let begonnen = bron
            .begonnen
            .map(|begun| begun.to_string())
            .unwrap_or_default();
        lijst.row(&[
            Cel::Tekst(&bron.naam),
            Cel::Tekst(if reason.is_some() {
                "niet volledig"
            } else {
                "ja"
            }),
            Cel::Tekst(reason.as_deref().unwrap_or("")),
            bron.run.map_or(Cel::Leeg, Cel::Getal),
            Cel::Tekst(&begonnen),
            Cel::Tekst(bron.status.as_deref().unwrap_or("")),
            Cel::Getal(bron.documenten),
            Cel::Getal(bron.onleesbaar),
            Cel::Getal(bron.gedeeltelijk),
            Cel::Getal(bron.overgeslagen),
            Cel::Tekst(&numbers(&one.acties)),
            Cel::Tekst(&numbers(&one.verkennend)),
        ])?;
    }
    for (bron, reason) in &v.bronnen.niet {
        let reason = v.vrij(reason);
        let mut row = vec![Cel::Tekst(bron), Cel::Tekst("nee"), Cel::Tekst(&reason)];
        row.resize(koppen.len(), Cel::Leeg);
        lijst.row(&row)?;
    }
    lijst.finish()
}

/// Every question to a person, version by version.
pub fn vragen(v: &Verantwoording, uit: Uit<'_>, werkmap: &Path) -> Result<(), Fout> {
    let koppen = [
        "vraag_nummer",
        "versie",
        "functie",
        "persoon",
        "datum",
        "vraag",
        "antwoord",
        "antwoord_op",
        "documenten",
        "schifting",
        "vastgelegd_door",
        "vastgelegd_op",
    ];
    let mut lijst = Lijst::new(v, &koppen, uit, werkmap)?;
    for one in &v.navragen {
        for version in &one.versies {
            let said = &version.inhoud;
            let (wie, wanneer) = (v.wie(&version.door), version.wanneer.to_string());
            lijst.row(&[
                Cel::Getal(one.nummer.into()),
                Cel::Getal(version.nummer.into()),
                Cel::Tekst(&said.functie),
                Cel::Tekst(&said.persoon),
                Cel::Datum(said.datum),
                Cel::Tekst(&v.vrij(&said.vraag)),
                Cel::Tekst(&v.vrij(&said.antwoord)),
                said.antwoord_op.map_or(Cel::Leeg, Cel::Datum),
                said.documenten.map_or(Cel::Leeg, Cel::Getal),
                Cel::Tekst(&v.vrij(&said.schifting)),
                Cel::Tekst(&wie),
                Cel::Tekst(&wanneer),
            ])?;
        }
    }
    lijst.finish()
}

/// From found to judged.
pub fn schifting(v: &Verantwoording, uit: Uit<'_>, werkmap: &Path) -> Result<(), Fout> {
    let mut lijst = Lijst::new(v, &["stap", "waarde", "documenten"], uit, werkmap)?;
    let mut row = |step: &str, value: &str, count: u64| {
        lijst.row(&[Cel::Tekst(step), Cel::Tekst(value), Cel::Getal(count)])
    };
    row(
        "gevonden",
        "in zoekrondes, elk document een keer",
        v.vondst.gevonden,
    )?;
    row("gevonden", "na ontdubbelen", v.vondst.uniek)?;
    let schifting = v.tellingen.schifting.iter();
    let beoordeling = v.tellingen.beoordeling.iter();
    let parts = schifting
        .flat_map(|one| {
            [
                ("schifting", &one.per_waarde),
                ("schifting: reden", &one.per_reden),
            ]
        })
        .chain(beoordeling.flat_map(|one| {
            [
                ("beoordeling", &one.per_waarde),
                ("beoordeling: grond", &one.per_grond),
            ]
        }));
    for (step, counts) in parts {
        for (value, count) in counts {
            row(step, value, *count)?;
        }
    }
    lijst.finish()
}

/// What cannot, or not wholly, be read of the archive now, as far as who asks may see it.
pub fn niet_leesbaar(
    archief: Option<&dyn Snapshot>,
    uit: Uit<'_>,
    werkmap: &Path,
) -> Result<(), Fout> {
    let koppen = [
        "bron",
        "pad",
        "titel",
        "formaat",
        "leesbaarheid",
        "reden",
        "bytes",
        "sha256",
        "document",
    ];
    let mut tabel = table(&koppen, uit, werkmap)?;
    let Some(archief) = archief else {
        return tabel.finish().map(|_| ());
    };
    let mut fault = None;
    let each = archief.each(&unreadable::search(), Sort::Pad, &mut |document| {
        fault = unreadable_row(&mut tabel, &document).err();
        Ok(fault.is_none())
    });
    match fault {
        Some(fault) => Err(fault),
        None => {
            each.map_err(io::Error::other)?;
            tabel.finish().map(|_| ())
        }
    }
}

fn unreadable_row(tabel: &mut Tabel<Uit<'_>>, document: &Document) -> Result<(), Fout> {
    let (pad, kenmerk) = (document.place.to_string(), document.id.to_string());
    let hash = document
        .content
        .map(|hash| hash.to_string())
        .unwrap_or_default();
    tabel.row(&[
        Cel::Tekst(&document.bron),
        Cel::Tekst(&pad),
        Cel::Tekst(&document.title),
        Cel::Tekst(&document.format),
        Cel::Tekst(document.readability.name()),
        Cel::Tekst(document.reason.as_deref().unwrap_or(UNKNOWN)),
        Cel::Getal(document.size),
        Cel::Tekst(&hash),
        Cel::Tekst(&kenmerk),
    ])
}
