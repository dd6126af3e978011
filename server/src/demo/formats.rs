//! Files in every other format that the readers know: the drive of Riedhaven, a municipality that became part of
//! Waterveen, with programs that nobody has any more; and a swimming pool that is rebuilt there. Nothing writes these
//! formats here: the files lie in `files`, whose README tells how they were made. Never makes one itself.

use std::io::{self, Read};

use flate2::read::GzDecoder;

use super::{Content, Entry};

/// A date, a place in the archive, and the bytes of the file in `files` with that name.
type File = (&'static str, &'static str, &'static [u8]);

/// Each line is a date and a place, which is also the place in `files`, but for the ending that was added there.
macro_rules! files {
    ($ending:literal; $($date:literal $path:literal)*) => {
        &[$(($date, $path, include_bytes!(concat!("files/", $path, $ending)) as &[u8])),*]
    };
}

/// What lies in `files` as it is.
const FILES: &[File] = files! { "";
    "2024-02-12 09:00" "Communicatie/Sociale media/Facebook/posts_1.json"
    "2024-02-12 09:05" "Communicatie/Sociale media/Instagram/posts_1.json"
    "2024-02-12 09:10" "Communicatie/Sociale media/LinkedIn/messages.csv"
    "2024-02-12 09:15" "Communicatie/Sociale media/X/tweets.js"
    "2024-02-14 11:30" "Directie Juridische Zaken/Woo-verzoeken/Z-2024-000512 Zwembad/Veiliggestelde chats/sms telefoon Jorrit Brandsma.xml"
    "2024-02-14 11:30" "Directie Juridische Zaken/Woo-verzoeken/Z-2024-000512 Zwembad/Veiliggestelde chats/teams messages.json"
    "2024-02-14 11:30" "Directie Juridische Zaken/Woo-verzoeken/Z-2024-000512 Zwembad/Veiliggestelde chats/telegram result.json"
    "2024-02-14 11:30" "Directie Juridische Zaken/Woo-verzoeken/Z-2024-000512 Zwembad/Veiliggestelde chats/signal Wethouder en projectleider/chat.md"
    "2024-02-14 11:30" "Directie Juridische Zaken/Woo-verzoeken/Z-2024-000512 Zwembad/Veiliggestelde chats/slack projectteam/2024-02-05.json"
    "2011-01-03 09:00" "Overgenomen van Riedhaven/LEESMIJ overname.txt"
    "1995-02-14 10:12" "Overgenomen van Riedhaven/Diskettes/DISK01.ARJ"
    "1997-11-03 19:45" "Overgenomen van Riedhaven/Diskettes/DISK02.LZH"
    "1997-10-21 16:30" "Overgenomen van Riedhaven/Lotus/BEGR98.WK1"
    "2003-08-14 12:00" "Overgenomen van Riedhaven/Post/Postvak IN.dbx"
    "2010-09-09 11:20" "Overgenomen van Riedhaven/Post/Sleutels badhuis.eml"
    "2001-04-02 08:15" "Overgenomen van Riedhaven/Post/secretaris.nsf"
    "2001-12-28 23:10" "Overgenomen van Riedhaven/Reservekopie/RAADHUIS.BKF"
    "2003-03-17 10:00" "Overgenomen van Riedhaven/Reservekopie/VEER2003.CAB"
    "2006-02-03 17:00" "Overgenomen van Riedhaven/Reservekopie/secretarie.tar"
    "2004-06-11 13:20" "Overgenomen van Riedhaven/Scans/Affiche opening 1974.djvu"
    "1999-05-14 15:02" "Overgenomen van Riedhaven/Scans/Fax aannemer dak.tif"
    "1996-03-05 11:00" "Overgenomen van Riedhaven/Tekeningen/Kleedkamers 1986.dwg"
    "2004-05-03 09:30" "Overgenomen van Riedhaven/Tekeningen/Organogram secretarie.vsd"
    "1994-06-20 14:00" "Overgenomen van Riedhaven/Tekeningen/Pont dwarsdoorsnede.ps"
    "1994-01-17 14:22" "Overgenomen van Riedhaven/WP51/PONT94.WP5"
    "1999-09-02 10:45" "Overgenomen van Riedhaven/WP8/Brief zwemvereniging.wpd"
    "2000-05-30 16:00" "Overgenomen van Riedhaven/Website/camping.bmp"
    "2001-03-26 09:50" "Overgenomen van Riedhaven/Website/vaartijden.gif"
    "1998-07-08 20:15" "Overgenomen van Riedhaven/Works/BRIEF01.WPS"
    "1998-09-28 12:30" "Overgenomen van Riedhaven/Zwembad 1998/DISK3.UUE"
    "1998-04-15 13:40" "Overgenomen van Riedhaven/Zwembad 1998/Folder De Otter.pub"
    "1998-02-02 11:10" "Overgenomen van Riedhaven/Zwembad 1998/Planning verbouwing.mpp"
    "1993-06-15 09:00" "Overgenomen van Riedhaven/dBase/LIGPLTS.DBF"
    "2024-02-06 14:51" "Projecten/Zwembad De Otter/Aantekeningen overleg.one"
    "2024-02-07 15:58" "Projecten/Zwembad De Otter/Akkoord wethouder.p7m"
    "2024-02-08 16:05" "Projecten/Zwembad De Otter/Bezoekers per jaar.odc"
    "2024-02-09 08:12" "Projecten/Zwembad De Otter/Bouwvergadering 3.rar"
    "2024-02-10 09:19" "Projecten/Zwembad De Otter/Bouwvergadering 4 (oude RAR).rar"
    "2024-02-11 10:26" "Projecten/Zwembad De Otter/Concept brief omwonenden.fodt"
    "2024-02-12 11:33" "Projecten/Zwembad De Otter/Exploitatie zwembad.xlsb"
    "2024-02-13 12:40" "Projecten/Zwembad De Otter/Geluidsmeting badzaal.wav"
    "2024-02-14 13:47" "Projecten/Zwembad De Otter/Inloopavond zwembad.fodp"
    "2024-02-01 14:54" "Projecten/Zwembad De Otter/Inschrijvingen (gesloten).7z"
    "2024-02-02 15:01" "Projecten/Zwembad De Otter/Inschrijvingen.7z"
    "2024-02-03 16:08" "Projecten/Zwembad De Otter/Interview badmeester.mp3"
    "2024-02-04 08:15" "Projecten/Zwembad De Otter/Interview badmeester.srt"
    "2024-02-05 09:22" "Projecten/Zwembad De Otter/Klacht over medewerker.p7m"
    "2024-02-06 10:29" "Projecten/Zwembad De Otter/Projectplan.pages"
    "2024-02-07 11:36" "Projecten/Zwembad De Otter/Raming badzaal.fods"
    "2024-02-08 12:43" "Projecten/Zwembad De Otter/Rondleiding machinekamer.mp4"
    "2024-02-09 13:50" "Projecten/Zwembad De Otter/Tarieven 2024.tsv"
    "2024-02-10 14:57" "Projecten/Zwembad De Otter/Foto's/Drone dak.avif"
    "2024-02-11 15:04" "Projecten/Zwembad De Otter/Foto's/IMG_0411 bord.jpg"
    "2024-02-12 16:11" "Projecten/Zwembad De Otter/Foto's/IMG_0412 badzaal.heic"
    "2024-02-13 08:18" "Projecten/Zwembad De Otter/Foto's/IMG_0415 menukaart.webp"
    "2024-02-14 09:25" "Projecten/Zwembad De Otter/Foto's/IMG_0416 waarschuwing.jp2"
    "2024-02-01 10:32" "Projecten/Zwembad De Otter/Foto's/Kleedkamers.jxr"
    "2024-02-02 11:39" "Projecten/Zwembad De Otter/Foto's/Tegelwerk.jxl"
    "2024-02-03 12:46" "Projecten/Zwembad De Otter/Ontwerp/Gevel noordzijde.svg"
    "2024-02-04 13:53" "Projecten/Zwembad De Otter/Ontwerp/Logo De Otter.psd"
    "2024-02-05 14:00" "Projecten/Zwembad De Otter/Ontwerp/Looproute bezoekers.vsdx"
    "2024-02-06 15:07" "Projecten/Zwembad De Otter/Ontwerp/Schets entreehal.odg"
    "2010-12-11 22:00" "Systeembeheer/Overdracht Riedhaven/inventaris.sqlite"
    "2010-12-12 22:00" "Systeembeheer/Overdracht Riedhaven/kopieerlog 1.txt.gz"
    "2010-12-13 22:00" "Systeembeheer/Overdracht Riedhaven/kopieerlog 2.txt.bz2"
    "2010-12-14 22:00" "Systeembeheer/Overdracht Riedhaven/kopieerlog 3.txt.xz"
    "2010-12-15 22:00" "Systeembeheer/Overdracht Riedhaven/kopieerlog 4.txt.zst"
    "2010-12-16 22:00" "Systeembeheer/Overdracht Riedhaven/kopieerlog 5.txt.lzma"
    "2010-12-17 22:00" "Systeembeheer/Overdracht Riedhaven/kopieerlog 6.txt.Z"
};

/// What would be large: packed there, and not in the archive.
const PACKED: &[File] = files! { ".gz";
    "1999-01-20 15:00" "Overgenomen van Riedhaven/Cd-roms/Notulen raad 1997-1998.iso"
    "2005-11-07 09:40" "Overgenomen van Riedhaven/Havendienst/Ligplaatsen.mdb"
    "2024-01-29 16:20" "Projecten/Zwembad De Otter/Abonnementen.accdb"
};

/// The old formats of Office, which LibreOffice made for the readers' tests.
const SLIDES: &[u8] = include_bytes!("../../../indexer/tests/fixtures/inloop.ppt");

/// The entries.
pub fn entries() -> io::Result<Vec<Entry>> {
    let entry = |(date, path, bytes): (&'static str, &str, Vec<u8>)| Entry {
        path: path.into(),
        date,
        content: Content::Bytes(bytes),
    };
    let mut entries: Vec<Entry> = FILES
        .iter()
        .map(|(date, path, bytes)| entry((date, path, bytes.to_vec())))
        .collect();
    for (date, path, bytes) in PACKED {
        let mut whole = Vec::new();
        GzDecoder::new(*bytes).read_to_end(&mut whole)?;
        entries.push(entry((date, path, whole)));
    }
    let slides = "Gedeeld/Oud/2009 Brug over de Ried/Inloopavond brug.ppt";
    entries.push(entry(("2009-03-04 16:50", slides, SLIDES.to_vec())));
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use zv_indexer::read::{self, FORMATS, Input, Limits, Output, Passwords, Reason, Stop};

    use super::super::plan;
    use super::*;

    /// What a reader hands over of a file: the files inside it.
    #[derive(Default)]
    struct Inside(Vec<(String, Vec<u8>)>);

    impl Output for Inside {
        fn text(&mut self, _: &str) -> Result<(), Stop> {
            Ok(())
        }
        fn end_page(&mut self) -> Result<(), Stop> {
            Ok(())
        }
        fn property(&mut self, _: &str, _: &str) -> Result<(), Stop> {
            Ok(())
        }
        fn begin_child(&mut self, name: &str, _: &str) -> Result<(), Stop> {
            self.0.push((name.to_owned(), Vec::new()));
            Ok(())
        }
        fn child_bytes(&mut self, bytes: &[u8]) -> Result<(), Stop> {
            self.0.last_mut().unwrap().1.extend(bytes);
            Ok(())
        }
        fn end_child(&mut self, _: Option<Reason>) -> Result<(), Stop> {
            Ok(())
        }
    }

    /// Adds the format of a file and those of the files inside it.
    fn note(name: &str, bytes: Vec<u8>, found: &mut BTreeSet<String>) {
        let mut input = Input {
            size: bytes.len() as u64,
            file: bytes.into(),
            name: name.to_owned(),
            passwords: Passwords::default(),
        };
        let format = read::recognise(&mut input).unwrap();
        let mut inside = Inside::default();
        read::read(&format, &mut input, &Limits::STANDARD, &mut inside);
        found.insert(format);
        for (name, bytes) in inside.0 {
            note(&name, bytes, found);
        }
    }

    #[test]
    fn every_format_with_a_reader_is_in_the_archive() {
        let mut found = BTreeSet::new();
        for entry in plan().unwrap() {
            if let Content::Bytes(bytes) = entry.content {
                note(&entry.path.to_string_lossy(), bytes, &mut found);
            }
        }
        let missing: Vec<_> = FORMATS
            .iter()
            .filter(|format| !found.contains(**format))
            .collect();
        assert!(missing.is_empty(), "no file in the demo of {missing:?}");
    }

    #[test]
    fn every_file_that_lies_ready_is_in_the_archive() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/demo/files");
        let mut folders = vec![root.clone()];
        let mut ready = BTreeSet::new();
        while let Some(folder) = folders.pop() {
            for entry in folder.read_dir().unwrap() {
                let path = entry.unwrap().path();
                match path.is_dir() {
                    true => folders.push(path),
                    false => {
                        let place = path.strip_prefix(&root).unwrap();
                        ready.insert(place.to_str().unwrap().to_owned());
                    }
                }
            }
        }
        ready.retain(|place| place != "README.md" && !place.starts_with("bron/"));
        let packed = PACKED.iter().map(|(_, path, _)| format!("{path}.gz"));
        let used = FILES.iter().map(|(_, path, _)| (*path).to_owned());
        assert_eq!(ready, used.chain(packed).collect());
    }
}
