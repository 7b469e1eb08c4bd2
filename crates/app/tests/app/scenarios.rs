//! Every story of the project, told to the application on both databases.
