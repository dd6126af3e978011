//! Sound and video: what the file says about itself (title, makers, date, words of a song). Never plays anything.

use std::io::{BufReader, Seek};

use lofty::config::ParseOptions;
use lofty::file::{AudioFile, TaggedFileExt};
use lofty::probe::Probe;
use lofty::tag::{ItemKey, Tag};

use super::{Input, Outcome, Output, Reason, Stop, key};

/// Whether a format is sound or video; `None` when it is neither.
pub fn reason(format: &str) -> Option<Reason> {
    let what = match format {
        "mp3" | "m4a" | "ogg" | "opus" | "flac" | "wav" | "amr" | "aac" | "aiff" | "dsf"
        | "ape" | "wma" | "mid" => "een geluidsopname",
        "mp4" | "m4v" | "mkv" | "webm" | "mov" | "avi" | "wmv" | "mpg" | "flv" | "3gp" | "ogv" => {
            "een video"
        }
        _ => return None,
    };
    Some(Reason::Other(format!("geen tekst: dit is {what}")))
}

/// Tells the properties of a recording; `reason` is why there is no text.
pub fn read_media(input: &mut Input, reason: Reason, output: &mut dyn Output) -> Outcome {
    match tags(input, output) {
        Ok(true) => Outcome::Partial(reason),
        Ok(false) => Outcome::Unreadable(reason),
        Err(stop) => stop.into(),
    }
}

/// Writes the properties; whether there was text, too.
fn tags(input: &mut Input, output: &mut dyn Output) -> Result<bool, Stop> {
    let options = ParseOptions::new().read_cover_art(false);
    let mut file = BufReader::new(&mut input.file);
    let read = file.rewind().ok().and_then(|()| {
        let probe = Probe::new(file).options(options).guess_file_type().ok()?;
        probe.read().ok()
    });
    let Some(read) = read else { return Ok(false) };
    let seconds = read.properties().duration().as_secs();
    if seconds > 0 {
        let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        output.property("duur", &format!("{hours}:{minutes:02}:{seconds:02}"))?;
    }
    let mut words = false;
    let mut told: Vec<(&str, String)> = Vec::new();
    for tag in read.tags() {
        for (name, value) in known(tag) {
            let seen = (name, value);
            if !told.contains(&seen) {
                output.property(seen.0, &seen.1)?;
                told.push(seen);
            }
        }
        // The same words may stand in several tags.
        if !words && let Some(lyrics) = tag.get_string(ItemKey::UnsyncLyrics) {
            output.text(lyrics)?;
            words = true;
        }
    }
    Ok(words)
}

/// The values of a tag that people search for.
fn known(tag: &Tag) -> Vec<(&'static str, String)> {
    const KNOWN: [(ItemKey, &str); 11] = [
        (ItemKey::TrackTitle, key::TITLE),
        (ItemKey::TrackArtist, key::AUTHOR),
        (ItemKey::Composer, key::AUTHOR),
        (ItemKey::AlbumTitle, "album"),
        (ItemKey::RecordingDate, key::CREATED),
        (ItemKey::Year, key::CREATED),
        (ItemKey::Comment, key::DESCRIPTION),
        (ItemKey::Description, key::DESCRIPTION),
        (ItemKey::PodcastDescription, key::DESCRIPTION),
        (ItemKey::Genre, key::KEYWORDS),
        (ItemKey::CopyrightMessage, "rechten"),
    ];
    let values = KNOWN.iter().flat_map(|(item, name)| {
        tag.get_strings(*item)
            .map(move |value| (*name, value.trim().to_owned()))
    });
    values
        .filter(|(_, value)| !value.is_empty())
        .take(100)
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::package::testing::survives_damage;
    use super::super::testing::read_bytes;
    use super::*;

    /// An ID3 tag before a frame of silence.
    fn song() -> Vec<u8> {
        let frame = |name: &str, content: &[u8]| {
            let mut bytes = name.as_bytes().to_vec();
            bytes.extend((content.len() as u32).to_be_bytes());
            bytes.extend([0, 0]);
            bytes.extend(content);
            bytes
        };
        let frames = [
            frame("TIT2", b"\0Vergadering raad"),
            frame("TPE1", b"\0Gemeente Delft"),
            frame("COMM", b"\0nld\0Opname van de dijk"),
            frame("USLT", b"\0nld\0Hier waakt de dijk"),
        ]
        .concat();
        let mut bytes = b"ID3\x03\0\0\0\0".to_vec();
        bytes.extend([(frames.len() >> 7) as u8, (frames.len() & 0x7f) as u8]);
        bytes.extend(frames);
        for _ in 0..4 {
            bytes.extend(b"\xff\xfb\x90\x64");
            bytes.extend([0; 413]);
        }
        bytes
    }

    #[test]
    fn a_recording_says_what_it_is_and_its_words_are_text() {
        let (format, out, outcome) = read_bytes("x.bin", &song());
        assert_eq!(format, "mp3");
        assert_eq!(
            outcome,
            Outcome::Partial(Reason::Other("geen tekst: dit is een geluidsopname".into()))
        );
        assert_eq!(out.values(key::TITLE), ["Vergadering raad"]);
        assert_eq!(out.values(key::AUTHOR), ["Gemeente Delft"]);
        assert_eq!(out.values(key::DESCRIPTION), ["Opname van de dijk"]);
        assert_eq!(out.rest, "Hier waakt de dijk");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn damage_never_panics(
            cut: prop::sample::Index,
            flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
        ) {
            survives_damage(&song(), cut, &flips, |bytes| { read_bytes("a.mp3", bytes); });
        }
    }
}
