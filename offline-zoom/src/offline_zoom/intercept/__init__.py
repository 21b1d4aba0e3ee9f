"""Lets an unchanged program reach the offline Zoom under Zoom's own names: a proxy, a throwaway CA, an environment."""
