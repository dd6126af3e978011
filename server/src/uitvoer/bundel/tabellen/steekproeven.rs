//! The table of random samples in a bundle. Never draws or judges.

use super::{Lijst, Uit};
use crate::uitvoer::tabel::{Cel, Fout};
use crate::uitvoer::verantwoording::Verantwoording;
use std::path::Path;

/// Every random sample with what it says so far.
pub fn steekproeven(v: &Verantwoording, uit: Uit<'_>, werkmap: &Path) -> Result<(), Fout> {
    let koppen = [
        "steekproef",
        "soort",
        "zoekactie",
        "ronde",
        "omvang",
        "getrokken",
        "zaad",
        "stand",
        "getrokken_door",
        "getrokken_op",
        "relevant",
        "niet_relevant",
        "niet_te_bepalen",
        "nog_te_beoordelen",
        "af",
        "aandeel",
        "aandeel_van",
        "aandeel_tot",
        "documenten",
        "documenten_van",
        "documenten_tot",
    ];
    let mut lijst = Lijst::new(v, &koppen, uit, werkmap)?;
    for (sample, said) in &v.steekproeven {
        let actie = v.acties.iter().find(|one| one.nummer == sample.zoekactie);
        let ronde = actie.and_then(|actie| actie.ronde);
        let (wie, wanneer) = (v.wie(&sample.door), sample.wanneer.to_string());
        let found = said.uitkomst;
        let share = |of: Option<f64>| of.map_or(Cel::Leeg, Cel::Breuk);
        let number = |of: Option<u64>| of.map_or(Cel::Leeg, Cel::Getal);
        lijst.row(&[
            Cel::Getal(sample.nummer.into()),
            Cel::Tekst(sample.soort.name()),
            Cel::Getal(sample.zoekactie.into()),
            number(ronde.map(u64::from)),
            Cel::Getal(said.omvang),
            Cel::Getal(said.getrokken()),
            Cel::Tekst(&v.vrij(&sample.zaad)),
            Cel::Tekst(&sample.stand),
            Cel::Tekst(&wie),
            Cel::Tekst(&wanneer),
            Cel::Getal(said.relevant),
            Cel::Getal(said.niet_relevant),
            Cel::Getal(said.niet_te_bepalen),
            Cel::Getal(said.nog_te_beoordelen),
            Cel::Tekst(match said.nog_te_beoordelen {
                0 => "ja",
                _ => "nee",
            }),
            share(found.map(|found| found.aandeel)),
            share(found.map(|found| found.aandeel_van)),
            share(found.map(|found| found.aandeel_tot)),
            number(found.map(|found| found.documenten)),
            number(found.map(|found| found.documenten_van)),
            number(found.map(|found| found.documenten_tot)),
        ])?;
    }
    lijst.finish()
}
