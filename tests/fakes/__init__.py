"""Stand-ins for the providers: real HTTP servers on loopback that remember what they were asked."""
