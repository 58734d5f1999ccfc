//! Encodings of text from before Unicode, and which of them a text is likely in.

use encoding_rs::{MACINTOSH, WINDOWS_1252};

/// An encoding of one byte for each character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Legacy {
    Windows1252,
    Macintosh,
    /// The code page of DOS in Western Europe.
    Cp850,
}

/// The upper half of the code page 850.
const CP850: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐\
                     └┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u{ad}±‗¾¶§÷¸°¨·¹³²■\u{a0}";

impl Legacy {
    const ALL: [Self; 3] = [Self::Windows1252, Self::Macintosh, Self::Cp850];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Windows1252 => "windows-1252",
            Self::Macintosh => "macintosh",
            Self::Cp850 => "IBM850",
        }
    }

    /// Reads bytes. Every byte is some character.
    pub fn decode(self, bytes: &[u8]) -> String {
        match self {
            Self::Windows1252 => WINDOWS_1252
                .decode_without_bom_handling(bytes)
                .0
                .into_owned(),
            Self::Macintosh => MACINTOSH.decode_without_bom_handling(bytes).0.into_owned(),
            Self::Cp850 => bytes.iter().map(|byte| cp850(*byte)).collect(),
        }
    }

    /// The encoding in which bytes, counted by their value, most look like French.
    pub fn likely(counts: &[u64; 256]) -> Self {
        let score = |legacy: &Self| -> i64 {
            let upper = (0x80..=0xFF_u8).zip(counts.iter().skip(0x80));
            upper
                .filter(|(_, count)| **count > 0)
                .map(|(byte, count)| {
                    let weight = legacy.decode(&[byte]).chars().map(weight).sum::<i64>();
                    weight.saturating_mul(i64::try_from(*count).unwrap_or(i64::MAX / 16))
                })
                .fold(0, i64::saturating_add)
        };
        let mut best = Self::Windows1252;
        for other in Self::ALL {
            if score(&other) > score(&best) {
                best = other;
            }
        }
        best
    }
}

fn cp850(byte: u8) -> char {
    let index = byte.checked_sub(0x80).map(usize::from);
    index.map_or(char::from(byte), |index| {
        CP850
            .chars()
            .nth(index)
            .unwrap_or(char::REPLACEMENT_CHARACTER)
    })
}

/// How much a character speaks for a French text.
fn weight(character: char) -> i64 {
    match character {
        'é' | 'è' | 'à' | 'ê' | 'ç' | 'ô' | 'û' | 'î' | 'â' | 'ù' | 'ë' | 'ï' | 'œ' | 'ü' => {
            10
        }
        'É' | 'È' | 'À' | 'Ê' | 'Ç' | 'Ô' | 'Î' | 'Â' | 'Œ' => 3,
        '’' | '«' | '»' | '…' | '–' | '—' | '€' | '°' | '\u{a0}' | '²' | '½' | '“' | '”' => {
            2
        }
        _ if character.is_alphabetic() => -3,
        _ => -6,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn likely(bytes: &[u8]) -> Legacy {
        let mut counts = [0; 256];
        for byte in bytes {
            counts[usize::from(*byte)] += 1;
        }
        Legacy::likely(&counts)
    }

    #[test]
    fn the_code_pages_of_french_are_told_apart() {
        assert_eq!(CP850.chars().count(), 128);
        let text = "Épicerie solidaire créée à Châtenay, forêt près de là";
        let dos: Vec<u8> = text
            .chars()
            .map(|character| {
                let index = CP850.chars().position(|other| other == character);
                index.map_or(character as u32 as u8, |index| index as u8 + 0x80)
            })
            .collect();
        let mac = MACINTOSH.encode(text).0.into_owned();
        let windows = WINDOWS_1252.encode(text).0.into_owned();
        for (legacy, bytes) in [
            (Legacy::Cp850, dos),
            (Legacy::Macintosh, mac),
            (Legacy::Windows1252, windows),
        ] {
            assert_eq!(likely(&bytes), legacy);
            assert_eq!(legacy.decode(&bytes), text);
        }
        assert_eq!(likely(b"Caf\xe9"), Legacy::Windows1252);
        assert_eq!(likely(b"\x80 50 d\x92un"), Legacy::Windows1252);
    }
}
