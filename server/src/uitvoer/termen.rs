//! A term report as a table: a row for each line of the list, and one for all of them together.

use super::tabel::{Cel, Fout, Geschreven, Kolom, Tabel, Vorm};
use crate::zaken::termenrapport::Termenrapport;
use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

/// The columns before those of the sources.
const KOLOMMEN: [Kolom<'static>; 7] = [
    Kolom::new("Regel"),
    Kolom::new("Term"),
    Kolom::new("Zo gezocht"),
    Kolom::new("Treffers"),
    Kolom::new("Unieke treffers"),
    Kolom::new("Families"),
    Kolom::new("Aandeel in het totaal"),
];

/// Writes it.
pub fn write<W: Write + Send>(
    report: &Termenrapport,
    vorm: Vorm,
    to: W,
    werkmap: &Path,
) -> Result<Geschreven, Fout> {
    let bronnen: Vec<&str> = report.per_bron.keys().map(String::as_str).collect();
    let headers: Vec<String> = bronnen.iter().map(|bron| format!("Bron {bron}")).collect();
    let mut kolommen = KOLOMMEN.to_vec();
    kolommen.extend(headers.iter().map(|header| Kolom::new(header)));
    let mut table = Tabel::new(vorm, "Termenrapport", &kolommen, to, werkmap)?;
    let per_source = |counts: &BTreeMap<String, u64>| -> Vec<Cel<'static>> {
        let of = |bron: &&str| counts.get(*bron).copied().unwrap_or_default();
        bronnen.iter().map(|bron| Cel::Getal(of(bron))).collect()
    };
    for line in &report.termen {
        let mut cells = vec![
            Cel::Getal(line.regel as u64),
            Cel::Tekst(&line.term),
            Cel::Tekst(&line.canoniek),
            Cel::Getal(line.treffers),
            Cel::Getal(line.uniek),
            Cel::Getal(line.families),
            Cel::Breuk(line.treffers as f64 / report.totaal as f64),
        ];
        cells.extend(per_source(&line.per_bron));
        table.row(&cells)?;
    }
    let mut together = vec![
        Cel::Leeg,
        Cel::Tekst("Alle termen samen"),
        Cel::Leeg,
        Cel::Getal(report.totaal),
        Cel::Leeg,
        Cel::Getal(report.families),
        Cel::Leeg,
    ];
    together.extend(per_source(&report.per_bron));
    table.row(&together)?;
    table.finish()
}
