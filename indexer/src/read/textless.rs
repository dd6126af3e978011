//! Files that are recognised but whose text nobody here can give: what they say about themselves, and the true
//! reason. Never guesses at content.

use std::io::BufReader;

use super::{Input, Limits, Outcome, Output, Reason, Stop, ole_info};

/// Tells the properties of such a file, and why there is no text. `None` when nothing is known of the format.
pub fn read_textless(format: &str, input: &mut Input, output: &mut dyn Output) -> Option<Outcome> {
    let reason = Reason::Other(reason(format)?);
    let told = match format {
        "vsd" | "mpp" | "wps" | "hwp" | "ole" => {
            ole_info::properties(BufReader::new(&mut input.file), output)
        }
        _ => Ok(()),
    };
    Some(told.map_or_else(Outcome::from, |()| Outcome::Unreadable(reason)))
}

/// Why there is no text, as a Dutch sentence.
fn reason(format: &str) -> Option<String> {
    let no_reader = |what: &str| Some(format!("dit is {what}, en daarvoor is er geen lezer"));
    match format {
        "vsd" => no_reader("een Visio-tekening van v\u{f3}\u{f3}r 2013"),
        "mpp" => no_reader("een planning van Microsoft Project"),
        "wps" => no_reader("een bestand van Microsoft Works"),
        "hwp" => no_reader("een document van Hangul"),
        "ole" => no_reader("een onbekend soort Office-bestand (OLE)"),
        "odb" => no_reader("een gegevensbank van LibreOffice"),
        "odf" => no_reader("een losse formule van LibreOffice"),
        "sqlite" => no_reader("een gegevensbank (SQLite)"),
        "ps" => no_reader("een PostScript-bestand"),
        "chm" => no_reader("een helpbestand van Windows (CHM)"),
        "mobi" => no_reader("een e-book (Mobipocket)"),
        "dwg" => no_reader("een bouwtekening (DWG)"),
        "dcm" => no_reader("een medische opname (DICOM)"),
        "nsf" => no_reader("een postvak of gegevensbank van Lotus Notes (NSF)"),
        "dbx" => no_reader("een postvak van Outlook Express (DBX)"),
        "wk1" => no_reader("een rekenblad van Lotus 1-2-3"),
        _ => archive(format),
    }
    .or_else(|| program(format))
}

/// Archives and images of disks that nobody here unpacks.
fn archive(format: &str) -> Option<String> {
    let what = match format {
        "lz" => "een archief (lzip)",
        "lz4" => "een archief (LZ4)",
        "cpio" => "een archief (cpio)",
        "ar" => "een archief (ar)",
        "zoo" => "een archief (Zoo)",
        "ace" => "een archief (ACE)",
        "alz" | "egg" => "een archief (ALZip)",
        "sit" => "een archief (StuffIt)",
        "szdd" => "een ingepakt bestand van MS-DOS",
        "wim" => "een kopie van een schijf van Windows (WIM)",
        "bkf" => "een reservekopie van Windows (BKF)",
        "udf" => "een kopie van een dvd (UDF)",
        "dmg" => "een kopie van een schijf van Apple (DMG)",
        "vhd" | "vhdx" | "vmdk" | "qcow" | "vdi" => "de schijf van een virtuele computer",
        "e01" | "ad1" => "een forensische kopie van een schijf",
        _ => return None,
    };
    Some(format!(
        "dit is {what}, en wij kunnen daar de bestanden niet uit halen"
    ))
}

/// Files in which nobody wrote anything.
fn program(format: &str) -> Option<String> {
    let no_text = |what: &str| Some(format!("geen tekst: dit is {what}"));
    match format {
        "exe" | "dll" | "elf" | "mach" | "class" | "dex" | "dey" | "wasm" | "msi" | "deb"
        | "rpm" | "crx" | "swf" | "nes" | "bc" => no_text("een programma"),
        "ttf" | "otf" | "woff" | "woff2" | "eot" => no_text("een lettertype"),
        "thumbs" => no_text("een lijst van verkleinde afbeeldingen van Windows"),
        "ico" | "cur" => no_text("een pictogram"),
        _ => None,
    }
}

/// Reads a `pub` publication: the text of all its boxes.
pub fn read_pub(input: &mut Input, _limits: &Limits, output: &mut dyn Output) -> Outcome {
    match publication(input, output) {
        Ok(true) => Outcome::Whole,
        Ok(false) => Outcome::Unreadable(Reason::Other(
            "in deze publicatie van Microsoft Publisher is geen tekst gevonden".into(),
        )),
        Err(stop) => stop.into(),
    }
}

/// Whether there was any text.
fn publication(input: &mut Input, output: &mut dyn Output) -> Result<bool, Stop> {
    const MOST_BYTES: u64 = 256 << 20;
    ole_info::properties(BufReader::new(&mut input.file), output)?;
    let file = BufReader::new(&mut input.file);
    let bytes = ole_info::stream(file, "/Quill/QuillSub/CONTENTS", MOST_BYTES).unwrap_or_default();
    let mut any = false;
    for entry in (0..20).map(|number| 0x20 + number * 24) {
        if let Some(text) = text_of_entry(&bytes, entry) {
            any |= !text.trim().is_empty();
            output.text(&text)?;
        }
    }
    Ok(any)
}

/// The text that an entry of the table at the beginning points to, if it points to text.
fn text_of_entry(bytes: &[u8], at: usize) -> Option<String> {
    let entry = bytes.get(at..at + 24)?;
    if entry[..2] != [0x18, 0] || entry[12..16] != *b"TEXT" {
        return None;
    }
    let number = |at: usize| {
        entry[at..at + 4]
            .iter()
            .rev()
            .fold(0usize, |all, b| all << 8 | usize::from(*b))
    };
    let from = number(16);
    let to = from.checked_add(number(20))?.min(bytes.len());
    let wide = bytes.get(from..to)?;
    let text = encoding_rs::UTF_16LE.decode_without_bom_handling(wide).0;
    // Besides line ends there are marks of fields and objects.
    let shown = text
        .replace("\r\n", "\n")
        .replace(['\r', '\u{b}', '\u{c}'], "\n");
    let mut shown: String = shown
        .chars()
        .filter(|c| !c.is_control() || matches!(c, '\n' | '\t'))
        .collect();
    if !shown.ends_with('\n') {
        shown.push('\n');
    }
    Some(shown)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::key;
    use super::super::ole_info::testing::{ole_file, summary};
    use super::super::package::testing::survives_damage;
    use super::super::testing::read_bytes;
    use super::*;

    fn publication_file() -> Vec<u8> {
        let text: Vec<u8> = "Een caf\u{e9}\rTweede\r"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        let mut quill = b"CHNKINK ".to_vec();
        quill.resize(0x20, 0);
        quill.extend(b"\x18\0FDPP\0\0\0\0\0\0FDPP");
        quill.extend([0; 8]);
        quill.extend(b"\x18\0TEXT\0\0\0\0\0\0TEXT");
        quill.extend(600u32.to_le_bytes());
        quill.extend((text.len() as u32).to_le_bytes());
        quill.resize(600, 0);
        quill.extend(text);
        ole_file(&[
            ("/\u{5}SummaryInformation", &summary("Folder caf\u{e9}")),
            ("/Quill/QuillSub/CONTENTS", &quill),
        ])
    }

    #[test]
    fn a_publication_has_text_and_properties() {
        let (format, out, outcome) = read_bytes("x.pub", &publication_file());
        assert_eq!((format.as_str(), outcome), ("pub", Outcome::Whole));
        assert_eq!(out.rest, "Een caf\u{e9}\nTweede\n");
        assert_eq!(out.values(key::TITLE), ["Folder caf\u{e9}"]);
        assert_eq!(out.values(key::CREATED), ["2019-03-01T00:00:00Z"]);
    }

    #[test]
    fn what_cannot_be_read_says_what_it_is() {
        let vsd = ole_file(&[
            ("/VisioDocument", b"x"),
            ("/\u{5}SummaryInformation", &summary("Plan")),
        ]);
        let (format, out, outcome) = read_bytes("x.bin", &vsd);
        assert_eq!(format, "vsd");
        assert_eq!(out.values(key::TITLE), ["Plan"]);
        assert!(
            matches!(outcome, Outcome::Unreadable(Reason::Other(why)) if why.contains("Visio"))
        );
        let mpp = ole_file(&[("/Props14", b"x")]);
        assert_eq!(read_bytes("x", &mpp).0, "mpp");
        let database = [b"SQLite format 3\0".as_slice(), &[0; 100]].concat();
        let (_, _, outcome) = read_bytes("x", &database);
        assert!(
            matches!(outcome, Outcome::Unreadable(Reason::Other(why)) if why.contains("gegevensbank"))
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn damage_never_panics(
            cut: prop::sample::Index,
            flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
        ) {
            survives_damage(&publication_file(), cut, &flips, |bytes| { read_bytes("a.pub", bytes); });
        }
    }
}
