//! Pictures of black modules, as paths of SVG.

use std::fmt::{self, Write};

/// Black modules of some rows.
#[derive(Default)]
pub(crate) struct Picture {
    path: String,
}

impl Picture {
    /// Adds a row of modules, black or not: from which height on, and how high.
    pub(crate) fn add(&mut self, top: usize, height: usize, modules: impl Iterator<Item = bool>) {
        let mut start = None;
        // A white one ends the last run.
        for (place, is_black) in modules.chain([false]).enumerate() {
            match (start, is_black) {
                (None, true) => start = Some(place),
                (Some(left), false) => {
                    self.add_run(left, top, place - left, height);
                    start = None;
                }
                _ => {}
            }
        }
    }

    fn add_run(&mut self, left: usize, top: usize, width: usize, height: usize) {
        // A string takes everything.
        let _ = write!(self.path, "M{left} {top}h{width}v{height}h-{width}z");
    }
}

impl fmt::Display for Picture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<path d=\"{}\"/>", self.path)
    }
}
