//! The metrics, one file each in `metric/`, in the order of [`crate::catalog`].
