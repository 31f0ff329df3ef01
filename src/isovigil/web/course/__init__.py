"""Where does one patient's course stand? The page that opens from the worklist."""
