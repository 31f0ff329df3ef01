//! What came of some lines, in the way Arrow keeps columns.

use crate::roles::COLUMNS;

/// Texts of one column, as Arrow keeps them.
#[derive(Default)]
pub struct Column {
    pub offsets: Vec<i32>,
    pub data: Vec<u8>,
    pub valid: Vec<u8>,
    pub nulls: u64,
}

impl Column {
    pub fn clear(&mut self) {
        self.offsets.clear();
        self.offsets.push(0);
        self.data.clear();
        self.valid.clear();
        self.nulls = 0;
    }
    pub fn push(&mut self, row: usize, value: Option<&[u8]>) {
        if row % 8 == 0 {
            self.valid.push(0);
        }
        match value {
            Some(text) => {
                self.data.extend_from_slice(text);
                self.valid[row / 8] |= 1 << (row % 8);
            }
            None => self.nulls += 1,
        }
        self.offsets.push(self.data.len() as i32);
    }
}

/// What came of some lines.
#[derive(Default)]
pub struct Taken {
    pub lines: u64,
    /// Of each row: its line, and where that begins.
    pub places: Vec<u32>,
    pub starts: Vec<u32>,
    /// Of each row the place of its template and performers among `kinds`.
    pub which: Vec<u32>,
    /// A template and performers of these lines, by the order in which each of them was first met.
    pub kinds: Vec<u32>,
    pub columns: [Column; COLUMNS],
    /// Lines that follow no path: number, begin, end.
    pub left: Vec<u32>,
    /// Lines with a template that was not met before: its number, begin, end.
    pub new_templates: Vec<u32>,
    pub new_performers: Vec<u32>,
}

impl Taken {
    pub fn clear(&mut self) {
        self.lines = 0;
        for each in [
            &mut self.places,
            &mut self.starts,
            &mut self.which,
            &mut self.kinds,
            &mut self.left,
            &mut self.new_templates,
            &mut self.new_performers,
        ] {
            each.clear();
        }
        for column in &mut self.columns {
            column.clear();
        }
    }
}
