"""Random supply trees, small, admissible and spiteful: amounts at thresholds and a cent beside them, answers missing."""

import random
from fractions import Fraction as F

NA, AWAY = ["US", "CA", "MX"], ["JP", "CN", "DE", "KR", "BR"]
CODES = [
    "8708.40.10",
    "8708.50.99",
    "8528.59.00",
    "7318.15.00",
    "8501.10.00",
    "9401.20.00",
    "4009.32.00",
    "8407.34.10",
    "8482.10.00",
]
EDGES = ["62.5", "37.5", "75", "25", "70", "30", "60", "40", "50", "7", "10", "65", "35", "67.5", "32.5"]


class Maker:
    """Draws one dossier. ``profile`` names the rulebook whose facts are to appear often."""

    def __init__(self, seed, profile):
        self.draw, self.profile = random.Random(f"{profile} {seed}"), profile
        self.nodes, self.worth, self.open, self.rate = {}, {}, 0, F(1)

    def chance(self, share):
        return self.draw.random() < share

    def money(self, most=400):
        if self.chance(0.3):
            return F(self.draw.choice(EDGES)) + self.draw.choice([F(0), F(0), F(1, 100), F(-1, 100)])
        return F(self.draw.randint(1, most * 100), 100)

    def dossier(self):
        for number in range(self.draw.randint(0, 5)):
            self.part(f"P{number}")
        top = self.body("V", self.draw.randint(1, 4))
        spent = self.spent(top)
        car = {"maker": "M0", "made_in": self.draw.choice(NA), "body": top}
        self.top(car, spent)
        data = {
            "dossier": 1,
            "on": self.day(),
            "currency": "USD",
            "vehicles": ["V"],
            "declarations": {"V": car, **self.nodes},
        }
        if any("currency" in row for row in self.nodes.values()):
            data["rates"] = [{"from": "MXN", "to": "USD", "rate": "0.05"}]
        if self.profile == "usmca":
            data["plants"] = {f"W{n}": {"country": place, "hourly": str(self.draw.choice(["15.99", "16", "20.88", "294.22", "90"]))}
                              for n, place in enumerate(NA)}  # fmt: skip
        return data

    def day(self):
        days = {
            "nafta": ["2005-03-01", "2001-07-02", "2003-12-31"], "heavy": ["2005-03-01"], "parts": ["2005-03-01"],
            "usmca": ["2023-06-30", "2023-07-01", "2020-07-01", "2026-09-01"], "aala": ["2026-09-01", "1999-07-27", "1999-07-28"],
            "us-2017": ["2018-01-01"], "canada-2018": ["2018-01-26"], "us-2026": ["2026-06-01"], "us-232": ["2026-06-01"],
            "canada-surtax": ["2026-06-01"], "eu-uk-ev": ["2026-12-31", "2027-01-01"],
        }  # fmt: skip
        return self.draw.choice(days[self.profile])

    def top(self, car, spent):
        """The vehicle's own facts; net cost often just where its threshold lies."""
        net = (
            spent * self.draw.choice([F(1), F(4, 3), F(8, 5), F(2)]) + self.draw.choice([F(0), F(1), self.money()]) + 1
        )
        car["costs"] = {"net": text(net)}
        car["hs"] = {"heavy": "8704.23.00", "parts": "8421.39.00", "eu-uk-ev": "8703.80.00"}.get(
            self.profile, "8703.23.00"
        )
        if self.profile not in {"heavy", "parts", "eu-uk-ev"}:
            car["uses"] = ["light"]
        if self.profile == "parts":
            car["claims"] = {"requirement": self.draw.choice(["50", "60"])}
        if self.profile in {"us-232", "canada-surtax"}:
            car["customs_value"] = text(net * self.draw.choice([F(1, 2), F(1), F(3, 2)]))
        if self.profile == "eu-uk-ev":
            car["made_in"], car["ex_works"] = self.draw.choice(["DE", "GB", "SK"]), text(net)
        if self.profile == "canada-2018":
            car["activities"] = {
                "rd": {self.draw.choice(NA + AWAY): text(self.money())},
                "software": {"US": text(self.money())},
            }
        if self.profile == "usmca" and self.chance(0.5):
            car |= {"plant": self.draw.choice(["W0", "W0", "UNKNOWN"]), "labour": text(self.money(50))}
            if self.chance(0.3):
                car["high_wage_transport"] = text(self.money(20))

    def home(self):
        places = ["DE", "FR", "GB"] if self.profile == "eu-uk-ev" else NA
        return self.draw.choice(places if self.chance(0.8) else ["JP", "CN", "US", "DE"])

    def part(self, name):
        node = {"maker": f"M{self.draw.randint(1, 3)}", "hs": self.draw.choice(CODES)}
        if self.chance(0.1):
            node["currency"], self.rate = "MXN", F("0.05")
        if self.chance(0.9):
            node["made_in"] = self.home()
        worth = F(0)
        if self.chance(0.75):
            node["body"] = self.body(name, self.draw.randint(0, 3), node["maker"])
            worth = self.spent(node["body"]) * self.rate
        if "body" in node and self.chance(0.7):
            node["costs"] = {"product": text(self.money(100))}
            if self.chance(0.3):
                node["costs"]["excluded"] = {"sales": text(F(node["costs"]["product"]) / 4)}
        if "costs" in node and self.chance(0.2):
            node["own_value"] = {self.draw.choice(NA): text(F(node["costs"]["product"]) / 2)}
            worth += sum((F(amount) for amount in node["own_value"].values()), F(0)) * self.rate
        self.say(node)
        if self.profile == "usmca" and "costs" in node and self.chance(0.4):
            node["price"] = text(
                (worth / self.rate + F(node["costs"]["product"])) * self.draw.choice([F(1), F(6, 5), F(2)])
            )
            if self.chance(0.3):
                node["costs"]["after_shipment"] = text(F(node["price"]) / 20)
        if self.profile == "usmca" and self.chance(0.5):
            node["plant"] = self.draw.choice(["W0", "W1", "W2"])
        self.nodes[name], self.worth[name], self.rate = node, worth, F(1)

    def say(self, node):
        """Statements and claims that bear on the profile's law."""
        getattr(self, "say_" + {"heavy": "nafta", "parts": "nafta", "us-2026": "usmca", "eu-uk-ev": "eu"}.get(self.profile,
                self.profile.replace("-", "_")), lambda _node: None)(node)  # fmt: skip
        if not node.get("claims"):
            node.pop("claims", None)

    def say_nafta(self, node):
        claims, said = node.setdefault("claims", {}), node.setdefault("statements", [])
        if self.chance(0.5):
            claims["requirement"] = self.draw.choice(["50", "60", "62.5"])
        if self.chance(0.4):
            claims["basis"] = self.draw.choice(["shift", "rvc"])
        if self.chance(0.4):
            claims["shift"] = self.chance(0.5)
        for _ in range(self.draw.choice([0, 0, 1, 2])):
            said.append(self.nafta_statement(node))
        if self.profile == "heavy" and self.chance(0.7):
            claims["role"] = self.draw.choice(["listed", "component", "assembly", "sub", "none"])

    def nafta_statement(self, node):
        kinds = (
            ["c", "d", "e", "h", "f", "g", "nil"]
            if self.profile == "nafta"
            else ["f", "g", "o", "n", "14a", "14b", "10b", "10d", "10e"]
        )
        para = self.draw.choice(kinds)
        if para in {"o", "n"}:
            return {"law": "nafta", "originates": para == "o"}
        row = {"law": "nafta", "para": para}
        if para in {"c", "d", "e", "h", "14b", "10b", "10d", "10e"}:
            row["amount"] = text(self.money(100))
        if para == "f":
            row["percent"] = self.draw.choice(["62.5", "80", "60"])
        if para == "14a":
            row["net_cost"] = text(self.money(200) + 100)
            row["vnm"] = text(F(row["net_cost"]) * self.draw.choice([F(0), F(1, 4), F(1, 2)]))
        return row

    def say_usmca(self, node):
        claims, said = node.setdefault("claims", {}), node.setdefault("statements", [])
        if self.chance(0.7):
            claims["table"] = self.draw.choice(["A.1", "B", "C"])
        if self.chance(0.5):
            claims["shift"] = self.chance(0.5)
        if self.chance(0.25):
            said.append({"law": "usmca", "originates": self.chance(0.7)})
        elif self.profile == "usmca" and self.chance(0.3):
            net = self.money(200) + 100
            kind = self.draw.choice(["9a", "9b"])
            said.append(
                {"law": "usmca", "para": kind}
                | ({"net_cost": text(net), "vnm": text(net / 4)} if kind == "9a" else {"amount": text(net / 2)})
            )
        if self.profile == "usmca" and self.chance(0.3):
            claims["core"], claims["table"] = self.draw.choice(["engine", "axle", "transmission", "none"]), "A.1"
        if self.profile == "usmca" and self.chance(0.4):
            claims["listed"] = self.draw.choice(["block", "none"])

    def say_aala(self, node):
        claims, said = node.setdefault("claims", {}), node.setdefault("statements", [])
        if self.chance(0.4):
            claims["substantial"] = self.chance(0.7)
        if self.chance(0.25):
            kind = self.draw.choice(["ge70", "pct5", "pct"])
            value = True if kind == "ge70" else str(self.draw.choice(range(0, 70, 5)))
            said.append({"law": "aala", kind: value})

    def say_us_232(self, node):
        if self.chance(0.4):
            node.setdefault("claims", {})["substantial"] = self.chance(0.5)

    def say_canada_surtax(self, node):
        if self.chance(0.6):
            node.setdefault("claims", {})["marking_origin"] = self.draw.choice(["CA", "MX", "US", "JP"])

    def say_eu(self, node):
        claims = node.setdefault("claims", {})
        if self.chance(0.4):
            claims["shift"] = self.chance(0.5)
        if self.chance(0.3):
            claims["table"] = self.draw.choice(["cell", "pack"])
        if self.chance(0.3):
            node.setdefault("statements", []).append({"law": "eu-uk", "originates": self.chance(0.6)})
        if self.chance(0.3):
            node["hs"] = "8507.60.00"

    def body(self, name, count, maker=""):
        return [self.line(index, maker) for index in range(count)]

    def line(self, index, maker):
        sources = [self.source(maker)]
        if self.chance(0.15):
            other = self.source(maker)
            sources[0]["share"], other["share"] = self.draw.choice([("1/3", "2/3"), ("1/2", "1/2"), ("0.25", "0.75")])
            sources.append(other)
        line = {"item": f"i{index}", "qty": self.draw.choice(["1", "1", "2", "0.5", "4"]), "sources": sources}
        if self.chance(0.9):
            line["hs"] = self.draw.choice(CODES)
        if self.profile == "aala" and self.chance(0.08):
            line["minor"] = True
        if self.chance(0.05):
            line["consigned"] = True
        if self.profile == "heavy" and self.chance(0.3):
            line["claims"] = {"role": self.draw.choice(["listed", "component", "sub", "none"])}
        if self.profile == "usmca" and self.chance(0.3):
            line["claims"] = {"listed": self.draw.choice(["block", "none"])}
        return line

    def source(self, maker):
        how = self.draw.choice(["bought", "bought", "bought", "imported", "made"])
        own = [
            name
            for name, node in self.nodes.items()
            if node["maker"] == maker and "body" in node and "currency" not in node
        ]
        if how == "made" and own:
            child = self.draw.choice(own)
            row = {"how": "made", "declaration": child}
            if self.chance(0.4):
                row |= {"designated": True, "basis": self.draw.choice(["rvc", "shift"])}
            if "costs" not in self.nodes[child] or self.profile in {"aala", "us-232", "canada-surtax"}:
                row["price"] = text((self.worth[child] + self.money(50)) / self.rate)
            return row
        source = {"how": "imported" if how == "imported" else "bought", "price": text(self.money())}
        if source["how"] == "imported":
            if self.chance(0.9):
                source["made_in"] = self.draw.choice([*AWAY, "CA"])
            if self.chance(0.9):
                source["title"] = self.draw.choice(["importation", "later"])
            source["charges"] = self.charges()
        elif self.nodes and self.chance(0.65):
            child = self.draw.choice(list(self.nodes))
            source |= {"declaration": child, "price": text((self.worth[child] + self.money(60)) / self.rate)}
            if self.chance(0.1):
                source["charges"] = self.charges()
        else:
            self.missing(source)
        if self.profile == "aala" and self.chance(0.3):
            source["allied"] = True
        return source

    def missing(self, source):
        self.open += 1
        if self.open > 4 or self.chance(0.3):
            source["made_in"] = self.draw.choice(AWAY)
        elif self.chance(0.3):
            source["made_in"] = self.draw.choice(NA)
        if self.profile == "aala" and self.chance(0.4):
            said = {"ge70": True} if self.chance(0.5) else {"pct5": self.draw.choice(["40", "65", "70", "10"])}
            source["cannot"] = {"reason": "silent", "tried": [{"how": "letter"}], "determination": said}

    def charges(self):
        rows = []
        for _ in range(self.draw.choice([0, 1, 1, 2])):
            row = {
                "kind": self.draw.choice(["freight", "duty", "insurance", "tax", "brokerage", "assist"]),
                "amount": text(self.money(10)),
            }
            if row["kind"] in {"freight", "insurance"} and self.chance(0.8):
                row["leg"] = self.draw.choice(["receipt", "title", "plant"])
            for flag in ("in_price", "recoverable"):
                if self.chance(0.2):
                    row[flag] = True
            rows.append(row)
        return rows

    def spent(self, lines):
        """What the inputs of a body cost, so that a price above it can be drawn."""
        total = F(0)
        for line in lines:
            for source in line["sources"]:
                price = (
                    F(source["price"]) if "price" in source else (self.worth[source["declaration"]] + 400) / self.rate
                )
                beside = sum((F(row["amount"]) for row in source.get("charges", []) if not row.get("in_price")), F(0))
                total += F(line["qty"]) * F(source.get("share", "1")) * (price + beside)
        return total


def text(value):
    """As the dossier writes it: at most six places."""
    cents = round(F(value) * 10**6)
    whole, rest = divmod(max(cents, 1), 10**6)
    return f"{whole}.{rest:06d}".rstrip("0").rstrip(".")
