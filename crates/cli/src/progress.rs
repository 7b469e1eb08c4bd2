//! How far a long command is: a bar on a terminal, silence elsewhere.

use crate::print::Print;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A bar, or nothing.
pub(crate) struct Progress(ProgressBar);

impl Progress {
    /// Begins with what is being done. The library itself is silent where there is no terminal.
    pub(crate) fn new(print: &Print, what: &'static str) -> Self {
        let bar = ProgressBar::new(0);
        if print.json {
            bar.set_draw_target(ProgressDrawTarget::hidden());
        }
        let style = ProgressStyle::with_template("{prefix} {wide_bar} {percent:>3}%  {msg}  {eta}")
            .expect("the template names only what there is");
        bar.set_style(style.progress_chars("█▉▊▋▌▍▎▏ "));
        bar.set_prefix(what);
        Self(bar)
    }

    /// So far of so much, and what there is to say about it.
    pub(crate) fn at(&self, done: u64, total: u64, message: String) {
        if self.0.is_hidden() {
            return;
        }
        self.0.set_length(total);
        self.0.set_position(done);
        self.0.set_message(message);
    }

    /// Leaves no trace.
    pub(crate) fn clear(&self) {
        self.0.finish_and_clear();
    }
}
