//! The part of an account about rounds and zoekacties: every question as it was asked and as it was understood, what
//! its words stood for, and what it found. Never leaves one out.

use super::super::Verantwoording;
use super::super::bronnen::searched;
use super::super::masker::NAAM;
use super::Schrijver;
use crate::search::Wijze;
use crate::toegang::BronToegang;
use crate::web::labels;
use crate::zaken::acties::{Verslag, Woord, Zoekactie};
use crate::zaken::rondes::Zoekronde;
use crate::zaken::telling::Telling;
use std::collections::BTreeMap;
use zv_shared::index::FacetField;
use zv_shared::plan::Kind;

/// Fields whose values are people.
const PEOPLE: [FacetField; 4] = [
    FacetField::Afzender,
    FacetField::Ontvanger,
    FacetField::Betrokkene,
    FacetField::Custodian,
];

impl Schrijver<'_> {
    pub(super) fn zoektermen(&mut self) {
        let v = self.v;
        self.kop(2, "b. Zoektermen");
        let count = labels::count(v.acties.len() as u64, "zoekactie", "zoekacties");
        let rounds = labels::count(v.rondes.len() as u64, "zoekronde", "zoekrondes");
        let tries = labels::count(v.acties_in(None).count() as u64, "zoekactie", "zoekacties");
        self.alinea(format!(
            "In deze zaak vastgelegd: {count} en {rounds}. Hier staat alles wat in een zoekronde is \
             gezocht. Buiten zoekrondes: {tries}, volledig in de bijlage Verkennende zoekacties.",
        ));
        let rijen: Vec<Vec<String>> = v
            .acties
            .iter()
            .filter(|actie| actie.ronde.is_some())
            .flat_map(term_rows)
            .collect();
        if !rijen.is_empty() {
            let koppen = [
                "Term",
                "Zoekactie",
                "#Treffers",
                "#Alleen met deze term",
                "#Families",
            ];
            self.tabel("Volledige lijst van gebruikte zoektermen", &koppen, rijen);
            self.alinea(
                "Treffers is het aantal gevonden documenten waarin de term staat. Alleen met deze term is het aantal \
                 daarvan waarin geen andere term van dezelfde zoekactie staat. Een familie is een bestand met wat erin \
                 zit.",
            );
        }
        for ronde in &v.rondes {
            self.ronde(ronde);
        }
    }

    fn ronde(&mut self, ronde: &Zoekronde) {
        let v = self.v;
        self.kop(3, format!("Zoekronde {}", ronde.nummer));
        let closed = ronde.gesloten.map(labels::moment);
        self.gegevens(vec![
            ("Doel", v.vrij(&ronde.doel)),
            (
                "Geopend",
                format!(
                    "{} door {}",
                    labels::moment(ronde.geopend),
                    v.wie(&ronde.door)
                ),
            ),
            ("Gesloten", closed.unwrap_or("nog niet".to_owned())),
            (
                "Conclusie",
                v.vrij(ronde.conclusie.as_deref().unwrap_or_default()),
            ),
        ]);
        let mut any = false;
        for actie in v.acties_in(Some(ronde.nummer)) {
            self.actie(4, actie);
            any = true;
        }
        if !any {
            self.alinea("In deze zoekronde staat nog geen zoekactie.");
        }
    }

    pub(super) fn verkennend(&mut self) {
        let v = self.v;
        self.kop(2, "Bijlage: verkennende zoekacties");
        if v.acties_in(None).next().is_none() {
            self.alinea("Er zijn geen zoekacties buiten een zoekronde.");
            return;
        }
        self.alinea("Deze zoekacties zijn gedaan om te verkennen en staan in geen zoekronde. Ze zijn wel vastgelegd.");
        let rijen: Vec<_> = v.acties_in(None).flat_map(term_rows).collect();
        if !rijen.is_empty() {
            let koppen = [
                "Term",
                "Zoekactie",
                "#Treffers",
                "#Alleen met deze term",
                "#Families",
            ];
            self.tabel("Termen in verkennende zoekacties", &koppen, rijen);
        }
        for actie in v.acties_in(None) {
            self.actie(3, actie);
        }
    }

    fn actie(&mut self, level: u8, actie: &Zoekactie) {
        let v = self.v;
        let verslag = &actie.verslag;
        let step = v
            .stap_van(actie)
            .map(|of| format!(", stap van zoekactie {of}"));
        self.kop(
            level,
            format!("Zoekactie {}{}", actie.nummer, step.unwrap_or_default()),
        );
        self.question(verslag);
        self.done(verslag);
        self.counted(actie.telling.as_ref());
        let rijen = woorden(v, actie.woorden());
        if !rijen.is_empty() {
            let koppen = ["Woord of frase", "Soort", "Ook gezocht", "Uitgezet"];
            self.tabel(
                format!("Zoekactie {}: waar elk woord voor stond", actie.nummer),
                &koppen,
                rijen,
            );
        }
        let lists: Vec<String> = verslag
            .lijsten
            .iter()
            .map(|list| labels::list(&list.known_as()))
            .collect();
        self.gegevens(vec![
            ("Stand van de index", verslag.stand.clone()),
            ("Kenmerk van de analyse", verslag.analyse.clone()),
            ("Lijsten met synoniemen", lists.join("; ")),
            ("Programma", verslag.programma.clone()),
            ("SHA-256 van het verslag", actie.hash.clone()),
        ]);
    }

    /// What was asked, and how it was understood.
    fn question(&mut self, verslag: &Verslag) {
        let question = &verslag.zoekvraag;
        let asked = |text: &str| match text.trim() {
            "" => "geen woorden: alle documenten".to_owned(),
            text => text.to_owned(),
        };
        let wijze = match question.wijze {
            Wijze::Alle => "alle woorden zijn nodig, operatoren werken",
            Wijze::Een => "een van de woorden is genoeg",
        };
        let undated = match question.ongedateerd {
            true => "tellen mee bij een periode",
            false => "tellen niet mee bij een periode",
        };
        self.gegevens(vec![
            ("Letterlijke vraag", asked(&question.vraag)),
            ("Zo begrepen", asked(&verslag.canoniek)),
            ("Wijze", wijze.to_owned()),
            (
                "Breedte van woorden",
                labels::mode(question.breedte).to_owned(),
            ),
            ("Filters", filters(self.v, verslag).join("; ")),
            (
                "Datum die telt",
                labels::date_field(question.datumveld).to_owned(),
            ),
            ("Documenten zonder datum", undated.to_owned()),
            (
                "Weergave",
                labels::collapse(question.samenvoegen).to_owned(),
            ),
        ]);
    }

    /// Where, when and by whom it was done, and what it found.
    fn done(&mut self, verslag: &Verslag) {
        let v = self.v;
        let who = match v.is_public() {
            true => v.wie(&verslag.wie),
            false => verslag.naam.clone(),
        };
        let sources: Vec<&str> = searched(verslag).map(|bron| bron.naam.as_str()).collect();
        self.gegevens(vec![
            ("Doorzochte bronnen", sources.join("; ")),
            ("Buiten de machtiging", verslag.buiten_machtiging.join("; ")),
            ("Voor een deel doorzocht", in_part(verslag)),
            (
                "Vergeleken met wat al openbaar is in",
                verslag.openbaar.join("; "),
            ),
            (
                "Uitgevoerd",
                format!(
                    "{} door {who}, in {} ms",
                    labels::moment(verslag.begonnen),
                    verslag.milliseconden
                ),
            ),
            ("Machtiging", verslag.machtiging_wijze.clone()),
            (
                "Versie van het zoekplan",
                verslag
                    .zoekplan
                    .map(|one| one.to_string())
                    .unwrap_or_default(),
            ),
            ("Treffers", labels::number(verslag.totaal)),
            ("Daarvan zonder datum", labels::number(verslag.ongedateerd)),
            (
                "Daarvan samengevoegd met een andere",
                labels::number(verslag.verborgen),
            ),
        ]);
    }

    fn counted(&mut self, telling: Option<&Telling>) {
        match telling {
            None => self.alinea("De tellingen van deze zoekactie zijn nog niet klaar."),
            Some(Telling {
                gemist: Some(why), ..
            }) => self.alinea(format!("Let op: {why}.")),
            Some(telling) => {
                self.gegevens(vec![
                    ("Na ontdubbelen", labels::number(telling.na_ontdubbelen)),
                    ("Families", labels::number(telling.families)),
                    ("Treffers per bron", per_source(&telling.per_bron)),
                    (
                        "Dicht door rechten of een uitzondering",
                        per_source(&telling.achtergehouden),
                    ),
                    (
                        "Voor iedereen gesloten documenten",
                        per_source(&telling.gesloten),
                    ),
                    (
                        "Niet of niet geheel leesbaar",
                        labels::number(telling.onleesbaar),
                    ),
                    ("SHA-256 van de uitkomst", telling.uitkomst.clone()),
                ]);
            }
        }
    }
}

/// Every term of a zoekactie with its counts; words that were left out with NIET have none.
fn term_rows(actie: &Zoekactie) -> Vec<Vec<String>> {
    let number = actie.nummer.to_string();
    let counted = actie
        .telling
        .as_ref()
        .filter(|telling| telling.gemist.is_none());
    let mut rows: Vec<Vec<String>> = Vec::new();
    for term in counted.iter().flat_map(|telling| &telling.termen) {
        let figures = [term.treffers, term.uniek, term.families].map(labels::number);
        rows.push(
            [term.tekst.clone(), number.clone()]
                .into_iter()
                .chain(figures)
                .collect(),
        );
    }
    for woord in &actie.verslag.woorden {
        if woord.uitgesloten {
            rows.push(without_figures(
                format!("NIET {}", woord.tekst),
                &number,
                "",
            ));
        } else if counted.is_none() {
            rows.push(without_figures(woord.tekst.clone(), &number, "niet geteld"));
        }
    }
    rows
}

fn without_figures(term: String, number: &str, why: &str) -> Vec<String> {
    vec![
        term,
        number.to_owned(),
        why.to_owned(),
        String::new(),
        String::new(),
    ]
}

/// What was also searched for each word, by kind: word, kind, what counted, what was switched off.
fn woorden(v: &Verantwoording, woorden: &[Woord]) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    for woord in woorden {
        if v.is_public() && v.masker.hits(&woord.tekst) {
            // What a name stands for tells the name.
            v.masker.count(2);
            rows.push(vec![
                NAAM.to_owned(),
                "alle".to_owned(),
                NAAM.to_owned(),
                String::new(),
            ]);
            continue;
        }
        rows.extend(expansions(woord));
    }
    rows
}

fn expansions(woord: &Woord) -> Vec<Vec<String>> {
    let mut kinds: Vec<&str> = Vec::new();
    for one in &woord.uitbreidingen {
        if !kinds.contains(&one.soort.as_str()) {
            kinds.push(&one.soort);
        }
    }
    let row = |kind: &str| {
        let of = |on: bool| {
            let these = woord
                .uitbreidingen
                .iter()
                .filter(|one| one.soort == kind && one.aan == on);
            these
                .map(|one| match one.documenten {
                    Some(count) => format!("{} ({})", one.tekst, labels::number(count)),
                    None => one.tekst.clone(),
                })
                .collect::<Vec<_>>()
                .join("; ")
        };
        let label = Kind::ALL.into_iter().find(|known| known.name() == kind);
        let label = label.map(labels::expansions).unwrap_or_default();
        let tekst = match woord.uitgesloten {
            true => format!("NIET {}", woord.tekst),
            false => woord.tekst.clone(),
        };
        vec![tekst, label.to_owned(), of(true), of(false)]
    };
    kinds.into_iter().map(row).collect()
}

/// The chosen filters, each with all its values.
pub fn filters(v: &Verantwoording, verslag: &Verslag) -> Vec<String> {
    let one = |(field, values): (&FacetField, &std::collections::BTreeSet<String>)| {
        let shown = match v.is_public() && PEOPLE.contains(field) {
            true => {
                v.masker.count(values.len() as u64);
                vec![NAAM.to_owned(); values.len()]
            }
            false => values
                .iter()
                .map(|value| labels::value(*field, value))
                .collect(),
        };
        format!("{}: {}", labels::field(*field), shown.join(" of "))
    };
    verslag.zoekvraag.filters.iter().map(one).collect()
}

/// The sources that were searched in part, and why.
fn in_part(verslag: &Verslag) -> String {
    let why = |one: &BronToegang| match one.rechten.is_some() {
        true => format!("{} (de rechten op de bestanden golden)", one.bron),
        false => {
            let patterns: Vec<&str> = one.uitgezonderd.iter().map(String::as_str).collect();
            format!("{} (behalve {})", one.bron, patterns.join(", "))
        }
    };
    let parts: Vec<String> = verslag.delen.iter().map(why).collect();
    parts.join("; ")
}

/// A number for each source.
fn per_source(counts: &BTreeMap<String, u64>) -> String {
    let each = counts.iter();
    let each: Vec<String> = each
        .map(|(bron, count)| format!("{bron}: {}", labels::number(*count)))
        .collect();
    each.join("; ")
}
