//! Documentsoort by plain rules that can be explained to a user: the format decides where it can, else a word
//! in the title or file name, else the opening of the text. Never decides whether something is found.

/// Bytes of text in which a letter shows itself.
const OPENING: usize = 1500;

/// A word in the title or name, and the documentsoort it means; the first that is there counts.
const WORDS: [(&str, &str); 21] = [
    ("agenda", "agenda"),
    ("verslag", "verslag"),
    ("notulen", "verslag"),
    ("jaarverslag", "rapport"),
    ("besluit", "besluit"),
    ("beschikking", "besluit"),
    ("woo-besluit", "besluit"),
    ("wob-besluit", "besluit"),
    ("nota", "nota"),
    ("beslisnota", "nota"),
    ("memo", "nota"),
    ("notitie", "nota"),
    ("rapport", "rapport"),
    ("rapportage", "rapport"),
    ("onderzoeksrapport", "rapport"),
    ("evaluatie", "rapport"),
    ("brief", "brief"),
    ("kamerbrief", "brief"),
    ("aanbiedingsbrief", "brief"),
    ("gespreksverslag", "verslag"),
    ("vergaderverslag", "verslag"),
];

/// The documentsoort of a document.
pub fn kind(format: &str, title: &str, name: &str, text: &str) -> &'static str {
    match format {
        "eml" | "msg" | "mbox" | "pst" | "tnef" | "p7m" => "e-mail",
        "whatsapp" | "signal" | "telegram" | "slack" | "teams" | "sms" => "chat",
        "x" | "facebook" | "instagram" | "linkedin" => "sociale media",
        "ics" => "agenda-item",
        "vcf" => "contactgegevens",
        "mp3" | "wav" | "flac" | "ogg" | "m4a" | "opus" => "geluid",
        "mp4" | "avi" | "mov" | "mkv" | "webm" | "mpeg" => "beeld",
        "xlsx" | "xls" | "ods" => "spreadsheet",
        "csv" | "json" | "xml" | "sqlite" => "gegevensbestand",
        "pptx" | "ppt" | "odp" => "presentatie",
        "html" | "xhtml" => "webpagina",
        "png" | "jpg" | "jpeg" | "tiff" | "tif" | "gif" | "bmp" | "webp" | "heic" | "svg" => {
            "afbeelding"
        }
        "zip" | "tar" | "gz" | "7z" | "rar" | "bz2" | "xz" | "zst" | "cab" | "iso" | "lha"
        | "arj" => "archiefbestand",
        _ => by_word(title)
            .or_else(|| by_word(name))
            .or_else(|| by_opening(text))
            .unwrap_or("document"),
    }
}

fn by_word(text: &str) -> Option<&'static str> {
    let lower = text.to_lowercase();
    let mut words = lower.split(|c: char| !c.is_alphanumeric() && c != '-');
    words.find_map(|word| {
        let parts = std::iter::once(word).chain(word.split('-'));
        let mut kinds = parts.filter_map(|part| WORDS.iter().find(|(known, _)| *known == part));
        kinds.next().map(|(_, kind)| *kind)
    })
}

fn by_opening(text: &str) -> Option<&'static str> {
    let opening = &text[..text.floor_char_boundary(OPENING)];
    let first = opening.lines().find(|line| !line.trim().is_empty())?;
    // A heading, not a sentence in which the word happens to stand.
    let heading = if first.split_whitespace().count() <= 8 {
        by_word(first)
    } else {
        None
    };
    let letter = || {
        let greeting = |line: &str| {
            ["Geachte ", "Beste ", "Excellentie"]
                .iter()
                .any(|start| line.trim_start().starts_with(start))
        };
        opening.lines().any(greeting).then_some("brief")
    };
    heading.or_else(letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_format_a_word_or_the_opening_decides() {
        assert_eq!(kind("eml", "Verslag", "", ""), "e-mail");
        assert_eq!(kind("ods", "", "", ""), "spreadsheet");
        assert_eq!(kind("pdf", "Verslag overleg stikstof", "", ""), "verslag");
        assert_eq!(kind("docx", "x", "2021-06-30_nota_bodem.docx", ""), "nota");
        assert_eq!(kind("pdf", "x", "ontwerp-besluit.pdf", ""), "besluit");
        assert_eq!(
            kind("txt", "x", "x.txt", "\n Agenda MT 3 mei\nPunt 1"),
            "agenda"
        );
        assert_eq!(
            kind("docx", "x", "x.docx", "Den Haag\n\nGeachte heer Jansen,"),
            "brief"
        );
        assert_eq!(
            kind(
                "txt",
                "annotatie",
                "x.txt",
                "Dit gaat over een rapport dat vorig jaar al werd besproken"
            ),
            "document"
        );
    }
}
