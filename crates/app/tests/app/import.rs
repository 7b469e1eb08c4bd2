//! Files: imported once, however often they come.
