//! Images: how many pages they have and that their text, if any, must come from OCR. Never decodes a picture.

use std::io::{self, Read, Seek, SeekFrom};

use super::{Input, Limits, Outcome, Output, Reason, Stop, image_info, key, page_list};

/// A TIFF that promises more pages than this is not believed.
const MOST_PAGES: u32 = 10_000;

/// Reads an image: tells its pages, and that there is no text yet.
pub fn read_image(
    format: &str,
    input: &mut Input,
    _limits: &Limits,
    output: &mut dyn Output,
) -> Outcome {
    let pages = match format {
        "tiff" => tiff_pages(input).unwrap_or(1).max(1),
        _ => 1,
    };
    let told = image_info::properties(format, input, output).and_then(|()| tell(pages, output));
    told.map_or_else(Outcome::from, |()| {
        Outcome::Unreadable(Reason::NoOcr { pages, of: pages })
    })
}

fn tell(pages: u32, output: &mut dyn Output) -> Result<(), Stop> {
    let mut ended = Ok(());
    let mut all = vec![1];
    if pages > 1 {
        all.clear();
        for page in 1..=pages {
            ended = output.end_page();
            if ended.is_err() {
                break;
            }
            all.push(page);
        }
    }
    // OCR reads the pages before a limit, too.
    output.property(key::SCANS, &page_list::write(&all))?;
    ended
}

/// Counts the directories of a TIFF, each a page, by their chain of offsets.
fn tiff_pages(input: &mut Input) -> io::Result<u32> {
    let file = &mut input.file;
    let mut head = [0; 16];
    file.rewind()?;
    file.read_exact(&mut head[..8])?;
    let little = head[0] == b'I';
    let big = head[2..4].contains(&43);
    if big {
        file.read_exact(&mut head[8..])?;
    }
    let number = |bytes: &[u8]| {
        let join = |value: u64, byte: &u8| value << 8 | u64::from(*byte);
        match little {
            true => bytes.iter().rev().fold(0, join),
            false => bytes.iter().fold(0, join),
        }
    };
    let (mut offset, count_width, entry, offset_width) = match big {
        true => (number(&head[8..16]), 8, 20, 8),
        false => (number(&head[4..8]), 2, 12, 4),
    };
    let mut pages = 0;
    // A chain that runs back would never end.
    let mut farthest = 0;
    while offset > farthest && offset < input.size && pages < MOST_PAGES {
        farthest = offset;
        let mut field = [0; 8];
        file.seek(SeekFrom::Start(offset))?;
        file.read_exact(&mut field[..count_width])?;
        let entries = number(&field[..count_width]);
        pages += 1;
        let skip = entries
            .checked_mul(entry)
            .and_then(|bytes| i64::try_from(bytes).ok());
        let Some(skip) = skip else { break };
        file.seek(SeekFrom::Current(skip))?;
        if file.read_exact(&mut field[..offset_width]).is_err() {
            break;
        }
        offset = number(&field[..offset_width]);
    }
    Ok(pages)
}

#[cfg(test)]
mod tests {
    use super::super::testing::read_bytes;
    use super::*;

    #[test]
    fn a_picture_is_known_and_says_that_there_is_no_ocr() {
        let bitmap = [
            b"BM".as_slice(),
            &[70, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0, 40, 0, 0, 0],
        ]
        .concat();
        let pictures: [(&[u8], &str); 6] = [
            (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "png"),
            (b"\xff\xd8\xff\xe0\0\x10JFIF", "jpeg"),
            (b"II*\0\x08\0\0\0", "tiff"),
            (b"GIF89a\x01\0\x01\0", "gif"),
            (b"RIFF\x10\0\0\0WEBPVP8 ", "webp"),
            (&bitmap, "bmp"),
        ];
        for (bytes, expected) in pictures {
            let (format, out, outcome) = read_bytes("scan", bytes);
            let no_ocr = Outcome::Unreadable(Reason::NoOcr { pages: 1, of: 1 });
            assert_eq!((format.as_str(), outcome), (expected, no_ocr));
            assert_eq!(out.all_text(), "");
            assert_eq!(out.values(key::SCANS), ["1"]);
        }
    }

    /// A TIFF of directories at these offsets, each with one entry, and where the last one points.
    fn tiff(offsets: &[u32], last: u32) -> Vec<u8> {
        let mut file = b"II*\0".to_vec();
        file.extend(offsets[0].to_le_bytes());
        for (i, &offset) in offsets.iter().enumerate() {
            file.resize(offset as usize, 0);
            file.extend(1u16.to_le_bytes());
            file.extend([0; 12]);
            file.extend(offsets.get(i + 1).unwrap_or(&last).to_le_bytes());
        }
        file
    }

    #[test]
    fn a_fax_of_three_pages_has_three_pages_and_a_loop_ends() {
        let pages = |bytes: &[u8]| {
            let (_, out, outcome) = read_bytes("fax.tif", bytes);
            assert!(matches!(outcome, Outcome::Unreadable(Reason::NoOcr { .. })));
            (out.pages.len(), out.values(key::SCANS).concat())
        };
        assert_eq!(pages(&tiff(&[8, 40, 80], 0)), (3, "1-3".into()));
        assert_eq!(pages(&tiff(&[8, 40], 8)), (2, "1-2".into()));
        assert_eq!(pages(&tiff(&[8], 0xffff_ffff)), (0, "1".into()));
    }
}
