"""Phone calls as the PBX reports them."""
