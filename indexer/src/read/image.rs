//! Images: recognised and counted, but without OCR there is no text in them. Never decodes a picture.

use super::{Input, Limits, Outcome, Output, Reason};

/// Reads an image: says why it has no text.
pub fn read_image(_input: &mut Input, _limits: &Limits, _output: &mut dyn Output) -> Outcome {
    Outcome::Unreadable(Reason::NoOcr)
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
            assert_eq!(
                (format.as_str(), outcome),
                (expected, Outcome::Unreadable(Reason::NoOcr))
            );
            assert_eq!(out.all_text(), "");
        }
    }
}
