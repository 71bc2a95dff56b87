"""The flow of records drawn as PRISMA 2020 draws it."""
