window.YTD.tweets.part0 = [
 {
  "tweet": {
   "created_at": "Sun Feb 04 11:00:00 +0000 2024",
   "full_text": "Zwembad De Otter is vandaag dicht door een defecte warmtewisselaar. https://t.co/otter",
   "id_str": "17",
   "entities": {
    "urls": [
     {
      "url": "https://t.co/otter",
      "expanded_url": "https://waterveen.example/zwembad"
     }
    ],
    "hashtags": []
   },
   "lang": "nl"
  }
 }
]
